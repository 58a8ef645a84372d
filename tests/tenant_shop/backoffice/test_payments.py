"""What staff see and do of an order's money, and who may not."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.secrets import keep_secrets, read_secrets
from tests.paying import card_order, give_card, real_money, standing, take_cards
from tests.people import staff_browser
from tests.shopper import forms_in
from tests.shopping import configure, everything, stock_of


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> Any:
    shop = make_shop("acme")
    with tenant_context(shop):
        take_cards()
        yield shop


def paid(card: Card = Card.SUCCEEDS, **changes: Any) -> tuple[Order, Payment]:
    order, payment = card_order(**changes)
    give_card(card, order, payment)
    return order, payment


def path_of(order: Order, verb: str) -> str:
    return f"/admin/tenant_shop/order/{order.pk}/{verb}/"


def fields_of(page: Any, name: str) -> dict[str, str]:
    """The fields of the form on the page that has one of this name."""
    return next(form for form in forms_in(page) if name in form.fields).fields


def test_staff_give_pieces_back_and_put_them_on_sale(acme: TenantInfo) -> None:
    order, _ = paid(quantity=2, stock=5)
    item = OrderItem.objects.get(order=order)
    browser = staff_browser(acme, AccessRole.EDITOR)
    page = browser.get(path_of(order, "refund"))
    fields = fields_of(page, f"unsent-{item.pk}")
    sent = {**fields, f"unsent-{item.pk}": "1", "restock": "on", "reason": "Chipped"}
    answers = [browser.post(path_of(order, "refund"), sent, follow=True).content.decode() for _ in range(2)]
    assert "€10.00 was given back." in answers[0]
    refund = PaymentRefund.objects.get()
    assert (refund.amount, refund.reason, refund.restock, refund.state) == (Decimal("10"), "Chipped", True, "succeeded")
    assert item.variant is not None
    assert stock_of(item.variant) == 4
    assert standing(order) == ("confirmed", "partially_refunded")
    with tenant_scope(acme.id):
        entry = AuditLog.objects.filter(action="refund_order", resource_id=order.pk).first()
    assert entry is not None
    assert entry.metadata["changes"] == [{"refunded": {"fields": ["€10.00"]}}]


def test_staff_give_an_amount_back_and_no_more_than_there_is(acme: TenantInfo) -> None:
    order, payment = paid()
    browser = staff_browser(acme)
    page = browser.get(path_of(order, "refund"))
    fields = fields_of(page, "payment")
    assert (fields["payment"], fields["amount"]) == (str(payment.pk), "14.90")
    for amount, sentence in (
        ("14.91", "€14.91 cannot be given back, only €14.90."),
        ("0", "Give an amount above zero"),
        ("ten", "Enter a number."),
        ("1.001", "decimal"),
        ("1e1", "Enter a number."),
    ):
        before = everything()
        sent = {**fields, "amount": amount, "reason": "Chipped <cup>"}
        answer = browser.post(path_of(order, "refund"), sent)
        assert answer.status_code in (409, 422)
        assert sentence in answer.content.decode(), amount
        # What was typed is there to be corrected, under the key that makes sending it twice harmless.
        shown = fields_of(answer, "payment")
        assert [shown[name] for name in ("payment", "key", "amount", "reason")] == [
            fields["payment"], fields["key"], amount, "Chipped <cup>",
        ]  # fmt: skip
        after = everything()
        assert {table for table in before if before[table] != after[table]} <= {"django_session"}
    assert "€14.90 was given back." in browser.post(path_of(order, "refund"), fields, follow=True).content.decode()
    assert standing(order) == ("confirmed", "refunded")
    assert "There is no money of this order" in browser.get(path_of(order, "refund")).content.decode()


def test_what_was_paid_beyond_the_price_is_what_the_page_suggests_and_goods_wait_for_it(acme: TenantInfo) -> None:
    order, _ = paid()
    Order.objects.filter(pk=order.pk).update(owed_amount=Decimal("4.00"))
    page = staff_browser(acme).get(path_of(order, "refund"))
    assert fields_of(page, "payment")["amount"] == "4.00"
    assert "€4.00 more than the order costs was paid, and is owed." in (words := page.content.decode())
    assert f"unsent-{order.items.get().pk}" not in words


def test_lines_that_cannot_be_given_back_are_there_to_be_corrected(acme: TenantInfo) -> None:
    order, _ = paid()
    browser, piece = staff_browser(acme), f"unsent-{order.items.get().pk}"
    fields = fields_of(browser.get(path_of(order, "refund")), piece)
    before = everything()

    answer = browser.post(path_of(order, "refund"), {"key": fields["key"], piece: "99", "reason": "Chipped"})

    assert answer.status_code == 422
    shown = fields_of(answer, piece)
    assert (shown["key"], shown[piece], shown["reason"]) == (fields["key"], "99", "Chipped")
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_a_refund_that_is_not_confirmed_is_said_so(acme: TenantInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    order, _ = paid()

    def down(*args: Any, **kwargs: Any) -> Any:
        raise GatewayUnavailable("demo", "down")

    monkeypatch.setattr(DemoGateway, "refund", down)
    browser = staff_browser(acme)
    fields = fields_of(browser.get(path_of(order, "refund")), "payment")
    answer = browser.post(path_of(order, "refund"), fields, follow=True).content.decode()
    assert "€14.90 is on its way back" in answer
    assert PaymentRefund.objects.get().state == "pending"


def test_what_cards_promised_for_ticked_orders_is_taken_until_the_gateway_falls_silent(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = [paid(Card.AUTHORIZES)[0] for _ in range(4)]
    orders[1:1] = [card_order()[0]]
    chosen = {"action": "capture_selected", "_selected_action": [str(order.pk) for order in orders]}
    capture, asked = DemoGateway.capture, []

    def once_down(gateway: Any, attempt: Any, amount: Any) -> Any:
        asked.append(attempt.payment_id)
        if len(asked) == 3:
            raise GatewayUnavailable("demo", "down")
        return capture(gateway, attempt, amount)

    monkeypatch.setattr(DemoGateway, "capture", once_down)
    everywhere = "/admin/tenant_shop/order/?is_test__exact=all"
    answer = staff_browser(acme, AccessRole.EDITOR).post(everywhere, chosen, follow=True).content.decode()

    assert "The money of 2 orders was taken." in answer
    assert answer.count("The orders after it were not asked for.") == 1
    assert len(asked) == 3
    assert sorted(standing(order)[1] for order in orders) == ["authorized", "authorized", "paid", "paid", "pending"]
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="capture_order").count() == 2
    before = everything()
    viewer = staff_browser(acme, AccessRole.VIEWER)
    viewer.post(everywhere, chosen)
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_staff_take_what_was_promised(acme: TenantInfo) -> None:
    order, _ = paid(Card.AUTHORIZES)
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert "Take the money" in browser.get(path_of(order, "change")).content.decode()
    browser.post(path_of(order, "capture"))
    assert standing(order) == ("confirmed", "paid")
    assert "Take the money" not in browser.get(path_of(order, "change")).content.decode()


def test_a_promised_order_offers_to_take_the_money_or_to_let_the_card_go_and_no_third_thing(acme: TenantInfo) -> None:
    order, _ = paid(Card.AUTHORIZES)
    browser = staff_browser(acme, AccessRole.EDITOR)
    page = browser.get(path_of(order, "change")).content.decode()
    assert path_of(order, "let_go") in page
    assert path_of(order, "pay") not in page
    answer = browser.post(path_of(order, "pay"), follow=True).content.decode()
    assert "A card has promised €14.90" in answer
    assert standing(order) == ("confirmed", "authorized")
    answer = browser.post(path_of(order, "let_go"), follow=True).content.decode()
    assert f"the payment of order {order.order_number} is pending now." in answer
    assert path_of(order, "pay") in answer
    assert path_of(order, "capture") not in answer


def test_money_that_arrived_late_is_entered_on_the_orders_page_and_found_on_the_first(acme: TenantInfo) -> None:
    order, _ = card_order()
    browser = staff_browser(acme, AccessRole.EDITOR)
    assert "Money arrived late" not in browser.get(path_of(order, "change")).content.decode()
    cancel_order(order.pk, reason="", actor="ann")
    assert "Money arrived late" in browser.get(path_of(order, "change")).content.decode()
    answer = browser.post(path_of(order, "late"), follow=True).content.decode()
    assert "is entered. It was cancelled, so please give the money back." in answer
    assert "The customer is owed money" in answer
    assert "Money arrived late" not in answer
    assert path_of(order, "refund") in answer
    assert standing(order) == ("cancelled", "paid")
    assert order.order_number in browser.get("/admin/tenant_shop/order/?owed=yes&is_test__exact=1").content.decode()


def test_money_that_came_too_late_is_found_on_the_first_page_and_in_the_list(acme: TenantInfo) -> None:
    configure(payment_methods=["test_card"], test_mode=False)  # tests wait for nobody
    with real_money():
        late, _ = paid()
        fine, _ = paid()
        cancel_order(late.pk, reason="", actor="ann")
    browser = staff_browser(acme, AccessRole.VIEWER)
    home = browser.get("/admin/").content.decode()
    assert "Money to give back" in home
    assert "owed=yes" in home
    rows = browser.get("/admin/tenant_shop/order/?owed=yes").content.decode()
    assert late.order_number in rows
    assert fine.order_number not in rows
    assert "The customer is owed money" in staff_browser(acme).get(path_of(late, "change")).content.decode()


def test_an_orders_page_shows_its_payments(acme: TenantInfo) -> None:
    order, payment = paid()
    page = staff_browser(acme, AccessRole.VIEWER).get(path_of(order, "change")).content.decode()
    assert f"demo_{payment.pk.hex}" in page
    assert "Test card" in page
    assert "Give money back" not in page


@pytest.mark.parametrize("verb", ["capture", "let_go", "late", "refund"])
def test_a_viewer_moves_no_money(verb: str, acme: TenantInfo) -> None:
    order, payment = paid(Card.AUTHORIZES if verb in ("capture", "let_go") else Card.SUCCEEDS)
    browser = staff_browser(acme, AccessRole.VIEWER)
    before = everything()
    sent = {"payment": str(payment.pk), "amount": "1", "key": "k"}
    assert browser.post(path_of(order, verb), sent).status_code == 403
    assert browser.get(path_of(order, "refund")).status_code == 403
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_a_payment_of_another_order_is_not_given_back_here(acme: TenantInfo) -> None:
    order, _ = paid()
    _, other = paid()
    browser, before = staff_browser(acme), everything()
    sent = {"payment": str(other.pk), "amount": "1", "key": "k"}
    assert browser.post(path_of(order, "refund"), sent).status_code == 404
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


def test_another_shops_order_cannot_be_reached(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    order, payment = paid()
    browser, before = staff_browser(make_shop("bolt")), everything()
    sent = {"payment": str(payment.pk), "amount": "1", "key": "k"}
    assert browser.post(path_of(order, "refund"), sent).status_code == 404
    assert browser.get(path_of(order, "refund")).status_code == 404
    assert everything() == before


SETTINGS = "/admin/settings/payments/"
KEYS = {"stripe_key": "pk_test_1", "secret_key": "sk_test_Zq9", "webhook_secret": "whsec_Zq9"}


def test_the_owner_sets_ways_to_pay_and_keys_which_are_never_shown_again(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    chosen = {"payment_methods": ["bank_transfer", "stripe_card"], "test_mode": "on"}
    assert browser.post(SETTINGS, {**chosen, **KEYS}).status_code == 302
    shop = shop_settings()
    assert (shop.payment_methods, shop.test_mode, shop.stripe_key) == (
        ("bank_transfer", "stripe_card"),
        True,
        "pk_test_1",
    )
    assert read_secrets("stripe") == {"secret_key": "sk_test_Zq9", "webhook_secret": "whsec_Zq9"}
    page = browser.get(SETTINGS).content.decode()
    assert "pk_test_1" in page
    assert "Zq9" not in page
    refused = browser.post(SETTINGS, {**chosen, **KEYS, "stripe_key": "nonsense"}).content.decode()
    assert "Zq9" not in refused, "not even when the form is refused"
    with tenant_scope(acme.id):
        entry = AuditLog.objects.filter(action="change_settings").latest("created_at")
    assert "Stripe: secret key" in str(entry.metadata)
    assert "Zq9" not in str([entry.metadata, entry.old_values, entry.new_values])


def test_an_empty_secret_keeps_the_one_that_is_there_and_no_key_forgets_all(acme: TenantInfo) -> None:
    keep_secrets("stripe", {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"})
    browser = staff_browser(acme)
    chosen = {"payment_methods": ["stripe_card"], "test_mode": "on", "stripe_key": "pk_test_1"}
    browser.post(SETTINGS, {**chosen, "secret_key": "", "webhook_secret": "whsec_2"})
    assert read_secrets("stripe") == {"secret_key": "sk_test_1", "webhook_secret": "whsec_2"}
    browser.post(SETTINGS, {**chosen, "stripe_key": ""})
    assert read_secrets("stripe") == {}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"payment_methods": []}, "This field is required."),
        ({"payment_methods": ["gold"]}, "not one of the available choices"),
        ({"stripe_key": "sk_test_1"}, "A publishable key begins with"),
        ({"secret_key": ""}, "Stripe needs it"),
        ({"webhook_secret": ""}, "Stripe needs it"),
        ({"stripe_key": "pk_live_1"}, "The publishable key is a live key, the secret one is not."),
        ({"secret_key": "sk_live_1"}, "The publishable key is a test key, the secret one is not."),
    ],
)
def test_what_does_not_fit_together_is_refused(acme: TenantInfo, changes: dict[str, Any], sentence: str) -> None:
    browser, before = staff_browser(acme), everything()
    answer = browser.post(SETTINGS, {"payment_methods": ["stripe_card"], "test_mode": "on", **KEYS, **changes})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_where_the_money_goes_is_for_owners_and_admins(acme: TenantInfo, role: AccessRole) -> None:
    browser, before = staff_browser(acme, role), Setting.objects.count()
    assert browser.get(SETTINGS).status_code == 403
    assert browser.post(SETTINGS, {"payment_methods": ["test_card"], "test_mode": "on"}).status_code == 403
    assert Setting.objects.count() == before
