from collections.abc import Callable
from decimal import Decimal

import pytest

from platform_core.accounts.models import AccessRole, PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import order_batches
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.refund import refund_amount
from tenant_shop.verification.verify_shop import verify_shop
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.shopper import forms_in
from tests.shopping import configure, order_of, stock_of, stocked


@pytest.fixture
def order(acme: TenantInfo) -> Order:
    with tenant_context(acme):
        order: Order = OrderFactory()
        OrderItemFactory(order=order)
    return order


def state(shop: TenantInfo, order: Order) -> tuple[str, str, int, int]:
    with tenant_context(shop):
        found = Order.objects.get(pk=order.pk)
        return found.status, found.payment_status, PaymentEntry.objects.count(), OrderStatusHistory.objects.count()


def test_an_orders_page_shows_it_and_offers_no_field(acme: TenantInfo, order: Order) -> None:
    page = staff_browser(acme).get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()

    assert order.order_number in page
    assert "Ann Example, 1 Main Street, 10115 Berlin, Germany" in page
    assert "€19.99" in page
    assert "Mark as paid" in page
    assert "Accept unpaid" in page
    assert 'name="total_amount"' not in page
    assert 'name="items-0-quantity"' not in page


def test_marked_as_paid_an_order_is_confirmed_by_one_ledger_entry(acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme)

    responses = [browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/") for _ in range(2)]

    assert [response.status_code for response in responses] == [302, 302]
    assert state(acme, order) == ("confirmed", "paid", 1, 1)
    with tenant_context(acme):
        entry = PaymentEntry.objects.get()
    assert (entry.amount, entry.actor) == (Decimal("19.990"), str(PlatformUser.objects.get().pk))
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="pay_order", resource_id=order.pk).count() == 1
    page = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/")
    assert f"Nothing of order {order.order_number} is open to be paid." in page.content.decode()


def test_accepted_unpaid_an_order_is_confirmed_once_and_offers_it_no_more(acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme)

    pages = [
        browser.post(f"/admin/tenant_shop/order/{order.pk}/confirm/", follow=True).content.decode() for _ in range(2)
    ]

    assert state(acme, order) == ("confirmed", "pending", 0, 1)
    assert ["Accept unpaid" in page for page in pages] == [False, False]
    assert all("Mark as paid" in page and f"/order/{order.pk}/fulfil/" in page for page in pages)


def test_what_was_given_back_of_an_order_is_not_to_be_paid_again(acme: TenantInfo, order: Order) -> None:
    browser, page = staff_browser(acme), f"/admin/tenant_shop/order/{order.pk}/change/"
    button = f'action="/admin/tenant_shop/order/{order.pk}/pay/"'
    assert button in browser.get(page).content.decode()

    browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/")
    assert button not in browser.get(page).content.decode()
    with tenant_context(acme):
        refund_amount(Payment.objects.get().pk, amount=Decimal("4.99"), key="one", actor="ann")
    before = state(acme, order)

    assert before[:2] == ("confirmed", "partially_refunded")
    assert button not in browser.get(page).content.decode()
    answer = browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/", follow=True).content.decode()
    assert f"Nothing of order {order.order_number} is open to be paid." in answer
    assert state(acme, order) == before
    with tenant_scope(acme.id):
        assert AuditLog.objects.filter(action="pay_order", resource_id=order.pk).count() == 1


def test_orders_are_paid_and_cancelled_together_and_refusals_are_said(acme: TenantInfo, order: Order) -> None:
    with tenant_context(acme):
        sent = OrderFactory(status=Order.Status.SHIPPED, fulfillment_status="fulfilled")
    browser = staff_browser(acme)
    both = {"action": "cancel_selected", "_selected_action": [order.pk, sent.pk]}

    before = state(acme, order)
    asked = browser.post("/admin/tenant_shop/order/", both)
    assert (asked.status_code, state(acme, order)) == (200, before)
    fields = next(form for form in forms_in(asked) if "goods" in form.fields)
    assert fields.fields["goods"] == "back"
    assert asked.context["ids"] == [order.pk, sent.pk]
    assert browser.post("/admin/tenant_shop/order/", {**both, "goods": "x"}).status_code == 422

    page = browser.post("/admin/tenant_shop/order/", {**both, "goods": "back"}, follow=True).content.decode()

    assert "1 order cancelled." in page
    assert f"Order {sent.order_number} is shipped and cannot be cancelled." in page
    assert state(acme, order)[0] == "cancelled"
    assert state(acme, sent)[0] == "shipped"


def test_a_list_names_nobody_who_was_erased(acme: TenantInfo, order: Order) -> None:
    with tenant_context(acme):
        Order.objects.update(customer_email=f"erased-1{ERASED_AT}")

    page = staff_browser(acme).get("/admin/tenant_shop/order/").content.decode()

    assert "Erased customer" in page
    assert ERASED_AT not in page


@pytest.mark.parametrize("verb", ["pay", "confirm", "cancel"])
def test_a_viewer_can_do_nothing_to_an_order(verb: str, acme: TenantInfo, order: Order) -> None:
    browser = staff_browser(acme, AccessRole.VIEWER)
    before = state(acme, order)

    page = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()
    by_button = browser.post(f"/admin/tenant_shop/order/{order.pk}/{verb}/")
    browser.post("/admin/tenant_shop/order/", {"action": f"{verb}_selected", "_selected_action": [order.pk]})

    assert "Mark as paid" not in page
    assert "Accept unpaid" not in page
    assert by_button.status_code == 403
    assert state(acme, order) == before


@pytest.mark.parametrize(("verb", "status"), [("pay", 405), ("cancel", 200)])
def test_a_link_changes_nothing(verb: str, status: int, acme: TenantInfo, order: Order) -> None:
    before = state(acme, order)

    assert staff_browser(acme).get(f"/admin/tenant_shop/order/{order.pk}/{verb}/").status_code == status
    assert state(acme, order) == before


def test_an_order_is_cancelled_after_being_asked_and_its_goods_go_where_staff_say(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        configure()
        mug = stocked(stock=5)
        kept, lost = order_of((mug, 2)), order_of((mug, 1))
    for made, goods, words in (
        (kept, "back", "the goods are back on sale"),
        (lost, "lost", "the goods are written off"),
    ):
        path = f"/admin/tenant_shop/order/{made.pk}/cancel/"
        assert f'href="{path}"' in browser.get(f"/admin/tenant_shop/order/{made.pk}/change/").content.decode()
        before = state(acme, made)
        for nothing in ({}, {"goods": ""}, {"goods": "x"}):
            assert browser.post(path, nothing).status_code == 422
        assert state(acme, made) == before

        assert next(form for form in forms_in(browser.get(path)) if "goods" in form.fields).fields["tell"] == "on"
        answer = browser.post(path, {"goods": goods, "tell": "on"}, follow=True).content.decode()

        assert f"Order {made.order_number} is cancelled now; the customer is told by mail." in answer
        with tenant_scope(acme.id):
            entry = AuditLog.objects.get(action="cancel_order", resource_id=made.pk)
        assert entry.metadata["changes"] == [{"cancelled": {"fields": [words]}}]
        again = browser.post(path, {"goods": goods}, follow=True).content.decode()
        assert f"Order {made.order_number} is cancelled and cannot be cancelled." in again
    with tenant_context(acme):
        assert (stock_of(mug), cancellations()) == (4, 2)
        quiet = order_of((mug, 1))
    browser.post(f"/admin/tenant_shop/order/{quiet.pk}/cancel/", {"goods": "back"})
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="cancel_order", resource_id=quiet.pk)
    assert entry.metadata["changes"][0]["cancelled"]["fields"][1:] == ["the customer is not told"]
    with tenant_context(acme):
        assert (Order.objects.get(pk=quiet.pk).status, stock_of(mug), cancellations()) == ("cancelled", 4, 2)
        assert verify_shop() == []


def cancellations() -> int:
    """The mails about them."""
    return OutboxEvent.objects.filter(topic="mail.order_cancelled").count()


@pytest.mark.parametrize("action", ["pay", "deliver", "cancel"])
def test_more_than_a_hundred_at_once_are_refused_and_nothing_is_done(
    action: str, acme: TenantInfo, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_batches, "MOST_AT_ONCE", 1)
    with tenant_context(acme):
        other = OrderFactory()
    chosen = {"action": f"{action}_selected", "_selected_action": [order.pk, other.pk], "goods": "back"}
    before = state(acme, order), state(acme, other)

    page = staff_browser(acme).post("/admin/tenant_shop/order/", chosen, follow=True).content.decode()

    assert "2 orders are chosen. At most 1 are" in page
    assert (state(acme, order), state(acme, other)) == before


def test_an_order_is_neither_written_by_the_form_nor_deleted(acme: TenantInfo, order: Order) -> None:
    browser, before = staff_browser(acme), state(acme, order)

    change = browser.post(f"/admin/tenant_shop/order/{order.pk}/change/", {"status": "delivered"})
    delete = browser.post(f"/admin/tenant_shop/order/{order.pk}/delete/", {"post": "yes"})

    assert [change.status_code, delete.status_code] == [403, 403]
    assert state(acme, order) == before


def test_an_order_of_another_shop_cannot_be_reached(
    acme: TenantInfo, order: Order, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = staff_browser(make_shop("bolt"))
    before = state(acme, order)

    paid = browser.post(f"/admin/tenant_shop/order/{order.pk}/pay/", follow=True)

    assert "There is no such order." in paid.content.decode()
    assert state(acme, order) == before
