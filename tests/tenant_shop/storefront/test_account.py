"""A guest's way back to an order."""

import pytest

from tests.factories.orders import OrderFactory
from tests.shopper import Shopper


@pytest.fixture
def order(selling):
    return OrderFactory(customer_email="Ann@Example.com")


def ask(shopper: Shopper, number: str, email: str):
    return shopper.submit(shopper.get("/account/"), "/account/", number=number, email=email)


def test_number_and_address_together_lead_to_the_order(order, shopper):
    answer = ask(shopper, f" {order.order_number} ", "ann@example.com")
    assert answer["Location"] == f"/orders/{order.public_token}/"


def test_half_a_match_tells_nothing(order, shopper):
    wrong_number = ask(shopper, "209901000001", "ann@example.com")
    wrong_address = ask(shopper, order.order_number, "bob@example.com")
    assert wrong_number.status_code == wrong_address.status_code == 404
    for page in (wrong_number, wrong_address):
        assert "There is no order with this number and address." in page.content.decode()


def test_bad_input_is_named(order, shopper):
    for number, email in (("", "ann@example.com"), ("1\x00", "ann@example.com"), ("1", "nobody"), ("1" * 51, "a@b.co")):
        assert ask(shopper, number, email).status_code == 422


def test_an_address_is_not_tried_with_every_number(order, shopper):
    for number in range(10):
        assert ask(shopper, str(number), "ann@example.com").status_code == 404
    assert ask(shopper, order.order_number, "ANN@example.com").status_code == 429


def test_a_number_that_is_known_forgives_no_guesses_and_costs_none(order, shopper):
    for number in range(10):
        assert ask(shopper, str(number), "ann@example.com").status_code == 404
        if number < 9:
            assert ask(shopper, order.order_number, "ann@example.com").status_code == 302
    assert ask(shopper, order.order_number, "ann@example.com").status_code == 429


@pytest.mark.slow
def test_nobody_tries_many_addresses(order, shopper):
    for number in range(40):
        assert ask(shopper, order.order_number, f"somebody-{number}@example.com").status_code == 404
    assert ask(shopper, order.order_number, "ann@example.com").status_code == 429
