"""The payment page by plain forms: it shows where a payment stands, and an order is paid once."""

from decimal import Decimal
from typing import Any

import pytest

from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.models import Order, Payment, PaymentEntry
from tenant_shop.payments.errors import GatewayNotOffered, GatewayUnavailable
from tenant_shop.payments.gateways.demo import Card, DemoGateway
from tenant_shop.payments.mark_paid import mark_as_paid
from tests.factories.catalog import ProductFactory
from tests.paying import NUMBERS
from tests.shopper import Shopper, forms_in
from tests.shopping import everything
from tests.statements import StatementCount
from tests.tenant_shop.storefront.test_purchase import BUYER

CARD = {"expiry": "12/99", "code": "123"}


@pytest.fixture
def mug(selling, configure) -> Any:
    configure(payment_methods=["test_card", "bank_transfer", "cash_on_delivery"], test_mode=True)
    return ProductFactory(name="Stoneware mug", slug="mug", price=Decimal("24.00"), stock=5)


@pytest.fixture
def ordered(mug, shopper) -> Any:
    """The answer to an order that is to be paid by card."""
    shopper.follow(shopper.add("mug"))
    return shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER, payment_method="test_card")


def give(shopper: Shopper, page: Any, card: Card, **changes: str) -> Any:
    path = f"/orders/{Order.objects.get().public_token}/pay/"
    return shopper.submit(page, path, **{**CARD, "number": NUMBERS[card], **changes})


def standing() -> tuple[str, str]:
    return Order.objects.values_list("status", "payment_status").get()


def test_the_order_stands_before_it_is_paid_and_the_confirmation_follows_the_card(ordered, shopper):
    order = Order.objects.get()
    assert ordered["Location"] == f"/orders/{order.public_token}/pay/"
    assert standing() == ("pending", "pending")
    page = shopper.follow(ordered)
    text = page.content.decode()
    assert "Test mode: no money moves here" in text
    assert "Pay · €28.90" in text
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "no-referrer"
    paid = give(shopper, page, Card.SUCCEEDS, number="4242 4242-4242 4242")
    assert paid["Location"] == f"/orders/{order.public_token}/"
    confirmation = shopper.follow(paid).content.decode()
    assert "Confirmed" in confirmation
    assert "Pay now" not in confirmation
    assert standing() == ("confirmed", "paid")


def test_placing_and_starting_the_payment_take_at_most_twenty_five_statements(mug, shopper):
    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    counted = {}
    for method in ("test_card", "bank_transfer"):
        with StatementCount() as statements:
            answer = shopper.submit(page, "/checkout/", **BUYER, payment_method=method)
        assert answer.status_code == 302
        first = next(number for number, sql in enumerate(statements.sql) if "lock_timeout" in sql)
        counted[method] = len(statements.sql) - first
        shopper.follow(shopper.add("mug"))
        page = shopper.get("/checkout/")
    assert counted["test_card"] - counted["bank_transfer"] == 3, "the payment is looked up, taken and noted"
    assert counted["test_card"] <= 21, "a discount code costs four more"


def test_a_declined_card_leads_back_to_the_page_and_another_one_pays(ordered, shopper):
    page = shopper.follow(give(shopper, shopper.follow(ordered), Card.NO_FUNDS))
    assert "There is not enough money on this card." in page.content.decode()
    assert standing() == ("pending", "failed")
    assert (page.content.decode().count('value="4000'), Payment.objects.count()) == (0, 1)
    shopper.follow(give(shopper, page, Card.SUCCEEDS))
    assert standing() == ("confirmed", "paid")
    assert list(Payment.objects.values_list("state", flat=True)) == ["dropped", "done"]
    assert sorted(PaymentEntry.objects.values_list("kind", flat=True)) == ["captured", "failed"]


def test_a_second_step_leads_to_the_bank_and_back(ordered, shopper):
    page = shopper.follow(ordered)
    to_bank = give(shopper, page, Card.SECOND_STEP)
    payment = Payment.objects.get()
    path = f"/orders/{Order.objects.get().public_token}/pay/bank/{payment.pk}/"
    assert to_bank["Location"] == f"http://acme.localhost{path}"
    bank = shopper.get(path)
    assert "Do you want to pay €28.90" in bank.content.decode()
    assert path in shopper.get(path.partition("bank/")[0]).content.decode(), "the way to the bank is found again"
    back = shopper.post(path, {"answer": "confirm"})
    done = shopper.follow(back)
    assert done["Location"] == f"/orders/{Order.objects.get().public_token}/"
    assert standing() == ("confirmed", "paid")
    assert shopper.post(path, {"answer": "refuse"}).status_code == 302
    assert standing() == ("confirmed", "paid")


def test_a_second_step_that_is_refused_can_be_tried_again(ordered, shopper):
    path = f"/orders/{Order.objects.get().public_token}/pay/"
    give(shopper, shopper.follow(ordered), Card.SECOND_STEP)
    shopper.post(f"{path}bank/{Payment.objects.get().pk}/", {"answer": "refuse"})
    page = shopper.get(path)
    assert "The payment was not confirmed with your bank." in page.content.decode()
    give(shopper, page, Card.SUCCEEDS)
    assert standing() == ("confirmed", "paid")


def test_a_late_result_is_waited_for_on_a_page_that_looks_again(ordered, shopper):
    page = shopper.follow(give(shopper, shopper.follow(ordered), Card.LATE))
    assert page["Refresh"] == "5"
    assert "We are waiting for the answer" in page.content.decode()
    assert "Another way to pay" not in page.content.decode()
    assert [form.action for form in forms_in(page) if form.action.endswith("/pay/")] == []


def test_a_gateway_that_is_down_leaves_the_order_and_a_page_that_says_so(ordered, shopper, monkeypatch):
    def down(*args):
        raise GatewayUnavailable("demo", "down")

    page = shopper.follow(ordered)
    monkeypatch.setattr(DemoGateway, "enter", down)
    monkeypatch.setattr(DemoGateway, "read", down)
    answer = give(shopper, page, Card.SUCCEEDS)
    assert "We are waiting for the answer" in shopper.follow(answer).content.decode()
    assert standing() == ("pending", "pending")
    monkeypatch.undo()
    Payment.objects.update(asked_at=None)
    page = shopper.follow(answer)
    give(shopper, page, Card.SUCCEEDS)
    assert standing() == ("confirmed", "paid")


def test_a_gateway_that_is_down_when_the_order_is_placed_costs_nothing_but_time(mug, shopper, monkeypatch):
    def down(*args):
        raise GatewayUnavailable("demo", "down")

    monkeypatch.setattr(DemoGateway, "start", down)
    shopper.follow(shopper.add("mug"))
    ordered = shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER, payment_method="test_card")
    assert standing() == ("pending", "pending")
    assert OutboxEvent.objects.filter(topic="order.created").count() == 1
    monkeypatch.undo()
    Payment.objects.update(asked_at=None)
    give(shopper, shopper.follow(ordered), Card.SUCCEEDS)
    assert standing() == ("confirmed", "paid")


def test_a_gateway_that_was_turned_off_while_the_order_was_placed_leaves_the_order(mug, shopper, monkeypatch):
    def not_offered(*args: Any, **kwargs: Any) -> Any:
        raise GatewayNotOffered("demo")

    shopper.follow(shopper.add("mug"))
    page = shopper.get("/checkout/")
    monkeypatch.setattr("tenant_shop.storefront.pay.start_payment", not_offered)
    answer = shopper.submit(page, "/checkout/", **BUYER, payment_method="test_card")
    assert answer["Location"] == f"/orders/{Order.objects.get().public_token}/"
    assert standing() == ("pending", "pending")
    assert Payment.objects.get().state == "new"


def test_a_process_that_dies_before_the_gateway_is_told_is_made_up_for_by_the_page(ordered, shopper):
    Payment.objects.update(state="new", gateway_reference=None, asked_at=None)
    give(shopper, shopper.follow(ordered), Card.SUCCEEDS)
    assert standing() == ("confirmed", "paid")
    assert Payment.objects.count() == 1


def test_the_same_form_twice_and_a_reload_pay_once(ordered, shopper):
    page = shopper.follow(ordered)
    for _ in range(3):
        assert give(shopper, page, Card.SUCCEEDS).status_code == 302
    assert shopper.follow(ordered).status_code == 302
    assert PaymentEntry.objects.count() == Payment.objects.count() == 1


def test_an_outdated_page_pays_nothing(ordered, shopper):
    first = shopper.follow(ordered)
    shopper.follow(give(shopper, first, Card.DECLINED))
    give(shopper, shopper.follow(ordered), Card.DECLINED)
    before = everything()
    answer = give(shopper, first, Card.SUCCEEDS)
    assert "Your payment has gone on in the meantime." in shopper.follow(answer).content.decode()
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}


BAD_CARDS = [
    ({"number": ""}, "Please check the card number."),
    ({"number": "4242424242424241"}, "Please check the card number."),
    ({"number": "4242"}, "Please check the card number."),
    ({"number": "4242\x00424242424242"}, "Null characters"),
    ({"expiry": "13/30"}, "Please give the month and the year"),
    ({"expiry": "12/20"}, "This card has expired."),
    ({"code": "12a"}, "Please give the three or four digits"),
    ({"code": ""}, "Please give the three or four digits"),
]


def test_what_is_no_card_is_said_beside_the_field_and_not_shown_again(ordered, shopper):
    page, before = shopper.follow(ordered), everything()
    for changes, sentence in BAD_CARDS:
        answer = give(shopper, page, Card.SUCCEEDS, **changes)
        text = answer.content.decode()
        assert answer.status_code == 422, changes
        assert text.count(sentence) >= 2, changes
        assert "4242" not in text
    assert everything() == before


def test_another_way_to_pay_is_chosen_on_the_page(ordered, shopper):
    order = Order.objects.get()
    path = f"/orders/{order.public_token}/pay/"
    page = shopper.follow(ordered)
    form = next(form for form in forms_in(page) if "method" in form.choices)
    assert form.choices["method"] == ["bank_transfer", "cash_on_delivery"]
    answer = shopper.post(path, {**form.fields, "method": "bank_transfer"})
    assert answer["Location"] == f"/orders/{order.public_token}/"
    assert "Reference" in shopper.follow(answer).content.decode()
    assert Order.objects.get().payment_method == "bank_transfer"


@pytest.mark.parametrize("fields", [{}, {"method": "gold"}, {"method": "test_card"}, {"attempt": "x", "method": "\0"}])
def test_nonsense_changes_nothing(ordered, shopper, fields):
    path, before = f"/orders/{Order.objects.get().public_token}/pay/", everything()
    assert shopper.post(path, fields).status_code == 302
    assert everything() == before


def test_a_paid_order_shows_no_payment_page(ordered, shopper):
    order = Order.objects.get()
    mark_as_paid(order.pk, actor="ann")
    for answer in (shopper.follow(ordered), shopper.post(ordered["Location"], {"method": "test_card"})):
        assert answer["Location"] == f"/orders/{order.public_token}/"


def test_the_confirmation_of_an_unpaid_card_order_leads_to_the_payment(ordered, shopper):
    order = Order.objects.get()
    page = shopper.get(f"/orders/{order.public_token}/").content.decode()
    assert "Pay now" in page
    assert f'href="/orders/{order.public_token}/pay/"' in page


def test_the_page_of_one_shop_is_unknown_in_another(ordered, make_shop, shopper):
    make_shop("globex")
    payment = Payment.objects.get()
    stranger = Shopper("globex.localhost")
    for path in (ordered["Location"], f"{ordered['Location']}bank/{payment.pk}/"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, {"answer": "confirm", "method": "test_card"}).status_code == 404


def test_another_site_cannot_send_the_forms(ordered, shopper):
    before = everything()
    shopper.headers = {"sec-fetch-site": "cross-site"}
    assert shopper.post(ordered["Location"], {"method": "bank_transfer"}).status_code == 403
    assert everything() == before


def test_a_live_shop_offers_no_test_card_and_has_no_test_bank(ordered, shopper, configure):
    payment = Payment.objects.get()
    give(shopper, shopper.follow(ordered), Card.SECOND_STEP)
    configure(payment_methods=["test_card", "bank_transfer"], test_mode=False)
    page = shopper.follow(ordered)
    assert "Card number" not in page.content.decode()
    assert "Bank transfer" in page.content.decode()
    assert shopper.get(f"{ordered['Location']}bank/{payment.pk}/").status_code == 404
    assert shopper.post(f"{ordered['Location']}bank/{payment.pk}/", {"answer": "confirm"}).status_code == 404
    assert standing() == ("pending", "pending")
    shopper.add("mug")
    before = everything()
    refused = shopper.submit(shopper.get("/checkout/"), "/checkout/", **BUYER, payment_method="test_card")
    assert refused.status_code == 409
    after = everything()
    assert {table for table in before if before[table] != after[table]} <= {"django_session"}
