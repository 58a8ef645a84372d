"""Who has ordered before: codes for a first order, and an order that is sent a second time."""

from decimal import Decimal

import pytest
from django.conf import settings

from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.models import Order
from tenant_shop.storefront.guesses import MOST_REFUSED
from tests.accounts import PASSWORD, account, logged_in
from tests.factories.promotions import DiscountCodeFactory
from tests.shopper import Shopper
from tests.tenant_shop.storefront.at_checkout import checkout, mug, remaining, submit

__all__ = ["checkout", "mug"]

RULES = [{"first_order_only": True}, {"usage_limit_per_customer": 1}]
REFUSED = "cannot be used with this e-mail address. Nothing has been ordered."


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("code", ["ONCE", None])
def test_the_total_does_not_tell_whether_an_address_has_bought_here(checkout, shopper, standing, rule, code):
    DiscountCodeFactory(code=code, name="Welcome", value=Decimal(50), **rule)
    other = Shopper()
    other.follow(other.add("mug"))
    other.submit(other.get("/cart/"), "/cart/coupon/", code=code or "")
    assert submit(other, other.get("/checkout/")).status_code == 302
    shopper.submit(shopper.get("/cart/"), "/cart/coupon/", code=code or "")
    page = shopper.get("/checkout/")
    before = standing()

    def answers(**sent) -> list[tuple[int, str, str]]:
        seen = []
        for email in ("ann@example.com", "new@example.com"):
            answer = submit(shopper, page, **{**sent, "email": email})
            fields = {
                name: value for name, value in remaining(answer).items() if name not in ("email", "csrfmiddlewaretoken")
            }
            seen.append((answer.status_code, "Nothing has been ordered" in answer.content.decode(), fields))
        return seen

    for sent in (
        {"action": "reprice"},
        {"expected_total": "1.00"},
        {"expected_total": "28.90", "shipping_method": "express"},
    ):
        known, unknown = answers(**sent)
        assert known == unknown, sent
    assert standing() == before


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("code", ["ONCE", None])
def test_a_known_address_is_refused_when_it_orders_and_orders_at_the_usual_total(
    checkout, shopper, standing, rule, code
):
    DiscountCodeFactory(code=code, name="Welcome", value=Decimal(50), **rule)
    for turn in (Shopper(), shopper):
        if turn is not shopper:
            turn.follow(turn.add("mug"))
        turn.submit(turn.get("/cart/"), "/cart/coupon/", code=code or "")
        if turn is not shopper:
            assert submit(turn, turn.get("/checkout/")).status_code == 302
    page = shopper.get("/checkout/")
    assert remaining(page)["expected_total"] == "16.90"
    before = standing()

    refused = submit(shopper, page)

    text = refused.content.decode()
    assert refused.status_code == 409
    assert f"“{code or 'Welcome'}” {REFUSED}" in text
    assert text.count("Welcome") <= 1
    assert remaining(refused)["expected_total"] == "28.90"
    assert standing() == before
    assert submit(shopper, refused).status_code == 302
    assert sorted(Order.objects.values_list("total_amount", flat=True)) == [Decimal("16.90"), Decimal("28.90")]


@pytest.mark.slow
def test_who_tries_many_addresses_is_slowed_down_and_who_uses_no_such_code_is_not(checkout, shopper, standing):
    code = DiscountCodeFactory(code="ONCE", value=Decimal(50), first_order_only=True)
    other = Shopper()
    other.follow(other.add("mug"))
    assert submit(other, other.get("/checkout/")).status_code == 302
    shopper.submit(shopper.get("/cart/"), "/cart/coupon/", code="ONCE")
    page = shopper.get("/checkout/")
    before = standing()

    told = [submit(shopper, page).status_code for _ in range(MOST_REFUSED + 1)]

    assert told == [409] * MOST_REFUSED + [429]
    assert submit(shopper, page, email="new@example.com").status_code == 429
    assert standing() == before
    code.delete()
    assert submit(shopper, shopper.get("/checkout/")).status_code == 302


CHANGED = "This was ordered already, as below; what you changed since was not used."


@pytest.mark.parametrize(
    "change",
    [
        {"email": "bob@example.com"},
        {"address1": "2 Main Street"},
        {"notes": "Ring twice"},
        {"payment_method": "cash_on_delivery"},
        {"shipping_method": "express"},
    ],
)
def test_who_orders_goes_back_and_changes_something_is_told_that_it_was_not_used(checkout, shopper, standing, change):
    page = shopper.get("/checkout/")
    assert submit(shopper, page).status_code == 302
    order, before = Order.objects.get(), standing()

    again = submit(shopper, page, **change)

    assert (again.status_code, again["Location"]) == (302, f"/orders/{order.public_token}/")
    assert CHANGED in shopper.follow(again).content.decode()
    assert standing() == before
    order.refresh_from_db()
    assert (order.customer_email, order.shipping_address["address_line_1"]) == ("ann@example.com", "1 Main Street")


def test_who_sends_the_same_again_is_led_to_the_order_without_a_word(checkout, shopper):
    page = shopper.get("/checkout/")
    assert submit(shopper, page).status_code == 302
    again = submit(shopper, page, email=" ann@example.com ", city="Berlin  ")
    assert CHANGED not in shopper.follow(again).content.decode()
    Order.objects.update(payment_method="cash_on_delivery")  # chosen since, at the order's page
    assert CHANGED not in shopper.follow(submit(shopper, page)).content.decode()
    assert Order.objects.count() == 1


def test_a_customer_whose_cart_is_gone_is_told_the_same(mug):
    account()
    ann = logged_in()
    ann.follow(ann.add("mug"))
    page = ann.get("/checkout/")
    assert submit(ann, page).status_code == 302
    order = Order.objects.get()
    for change, is_told in (({}, False), ({"address1": "2 Main Street"}, True), ({"email": "none"}, True)):
        again = submit(ann, page, **change)
        assert again["Location"] == f"/orders/{order.public_token}/"
        assert (CHANGED in ann.follow(again).content.decode()) is is_told
    assert Order.objects.count() == 1


@pytest.mark.parametrize("has_another_cart", [False, True])
def test_a_session_that_ended_at_the_checkout_is_said_and_leads_back(mug, standing, has_another_cart):
    account()
    ann = logged_in()
    ann.follow(ann.add("mug"))
    page = ann.get("/checkout/")
    CustomerSession.objects.all().delete()
    if has_another_cart:
        ann.follow(ann.add("mug"))
    before = standing()

    answer = submit(ann, page)

    assert (answer.status_code, answer["Location"]) == (302, "/account/log-in/?next=%2Fcheckout%2F")
    assert standing() == before
    asks = ann.follow(answer)
    assert "Your session has ended. Please log in to go on." in asks.content.decode()
    back = ann.submit(asks, "/account/log-in/", email="ann@example.com", password=PASSWORD)
    assert back["Location"] == "/checkout/"
    assert submit(ann, ann.follow(back)).status_code == 302
    assert Order.objects.get().customer.email == "ann@example.com"


def test_a_guest_whose_cart_is_gone_is_told(checkout, shopper):
    page = shopper.get("/checkout/")
    del shopper.client.cookies[settings.SESSION_COOKIE_NAME]
    answer = submit(shopper, page)
    assert answer["Location"] == "/cart/"
    assert "This cart is no longer there. Please start a new one." in shopper.follow(answer).content.decode()
