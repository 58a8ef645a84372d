"""What an order's page says of its money and of what became of it, and the guest who cancels."""

import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from tenant_shop.models import Order, OrderStatusHistory, OutboxEvent
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.payments.gateways.demo import Card
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount
from tests.accounts import PASSWORD, account, logged_in
from tests.paying import card_order, give_card, take_cards
from tests.shopper import Shopper, forms_in
from tests.shopping import everything, order_of, stock_of, stocked


def text(page: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.content.decode())).split())


def page_of(order: Order) -> str:
    return text(Shopper().get(f"/orders/{order.public_token}/"))


@pytest.mark.parametrize(
    ("card", "words"),
    [(Card.SUCCEEDS, "Payment Test card: paid"), (Card.AUTHORIZES, "Payment Test card: reserved, not taken yet")],
)
def test_it_says_how_it_was_paid(selling: Any, card: Card, words: str) -> None:
    take_cards()
    give_card(card, *card_order())
    assert words in page_of(Order.objects.get())


def test_it_says_what_was_given_back_and_what_still_goes_back(selling: Any) -> None:
    order = order_of((stocked(price="10.00"), 1))
    mark_as_paid(order.pk, actor="clerk")
    payment = Payment.objects.get()
    refund_amount(payment.pk, amount=Decimal("4.00"), key="one", actor="clerk")
    assert "Payment Bank transfer: paid Money given back €4.00" in page_of(order)
    cancel_order(order.pk, reason="", actor="clerk")
    assert "Money given back €4.00 Goes back to you €10.90" in page_of(order)
    refund_amount(payment.pk, amount=Decimal("10.90"), key="two", actor="clerk")
    page = page_of(order)
    assert "Money given back €14.90" in page
    assert "Goes back" not in page


@pytest.mark.parametrize("method", ["bank_transfer", "cash_on_delivery"])
def test_a_cancelled_one_asks_for_nothing_and_does_not_give_thanks(selling: Any, method: str) -> None:
    order = order_of((stocked(), 1), payment_method=method)
    cancel_order(order.pk, reason="", actor="clerk")
    page = page_of(order)
    assert "This order is cancelled" in page
    assert "not paid" in page
    for words in ("Thank you for your order", "You pay", "Reference", "Cancel the order"):
        assert words not in page


def test_it_bills_to_another_address_and_says_so(selling: Any) -> None:
    order = order_of((stocked(), 1))
    assert "Billing address" not in page_of(order)
    Order.objects.update(billing_address={**order.billing_address, "company": "The Payer Ltd"})
    assert "The Payer Ltd" in page_of(order).partition("Billing address")[2]


def test_a_guest_cancels_by_the_link_after_being_asked(selling: Any) -> None:
    mug = stocked(stock=5)
    order = order_of((mug, 2))
    guest, path = Shopper(), f"/orders/{order.public_token}/"
    page = guest.get(path)
    assert "need not pay it" in text(page)
    answer = guest.submit(page, f"{path}cancel/")
    assert (answer.status_code, answer["Location"]) == (302, path)
    order.refresh_from_db()
    assert (order.status, stock_of(mug)) == ("cancelled", 5)
    assert OrderStatusHistory.objects.filter(order=order).latest("created_at").updated_by == "guest"
    assert OutboxEvent.objects.filter(topic="mail.order_cancelled").count() == 1
    again = guest.post(f"{path}cancel/", {})
    assert again.status_code == 409
    assert "can no longer be cancelled" in text(again)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_no_other_site_cancels_and_nothing_moves(selling: Any, headers: dict[str, str]) -> None:
    order = order_of((stocked(), 1))
    before = everything()
    assert Shopper(**headers).post(f"/orders/{order.public_token}/cancel/", {}).status_code == 403
    assert everything() == before


def test_what_was_sent_is_not_cancelled_and_no_button_says_so(selling: Any) -> None:
    order = order_of((stocked(), 1))
    Order.objects.update(status="shipped")
    guest, path = Shopper(), f"/orders/{order.public_token}/"
    assert "Cancel the order" not in text(guest.get(path))
    assert guest.post(f"{path}cancel/", {}).status_code == 409
    order.refresh_from_db()
    assert order.status == "shipped"


def test_a_customers_order_is_cancelled_by_its_customer_only(selling: Any) -> None:
    ann = account()
    order = order_of((stocked(), 1), customer_id=ann.pk, email=ann.email)
    stranger, path = Shopper(), f"/orders/{order.public_token}/"
    assert not [form for form in forms_in(stranger.get(path)) if form.action.endswith("/cancel/")]
    before = everything()
    answer = stranger.post(f"{path}cancel/", {})
    assert (answer.status_code, answer["Location"]) == (302, f"/account/orders/{order.pk}/")
    assert everything() == before
    assert "Cancel the order" in text(logged_in().get(f"/account/orders/{order.pk}/"))


def test_of_who_was_erased_it_names_nobody(selling: Any) -> None:
    order = order_of((stocked(), 1))
    Order.objects.update(customer_email="erased-0@erased.invalid", status="cancelled")
    page = page_of(order)
    for words in ("erased", "Contact", "Open an account"):
        assert words not in page


def test_the_checkout_lets_a_customer_log_in_and_come_back(selling: Any) -> None:
    account()
    stocked(slug="mug")
    ann = Shopper()
    ann.follow(ann.add("mug"))
    assert 'href="/account/log-in/?next=/checkout/"' in ann.get("/checkout/").content.decode()
    page = ann.get("/account/log-in/", next="/checkout/")
    answer = ann.submit(page, "/account/log-in/", email="ann@example.com", password=PASSWORD)
    assert answer["Location"] == "/checkout/"
    assert "You have an account?" not in text(ann.follow(answer))
