"""A customer who sends one checkout twice: the cart is the account's, and gone with the first."""

import pytest

from tenant_shop.models import Order
from tests.accounts import account, logged_in
from tests.factories.catalog import ProductFactory
from tests.shopper import forms_in
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def ann(selling):
    account()
    ProductFactory(slug="mug", stock=5)
    shopper = logged_in()
    shopper.follow(shopper.add("mug"))
    return shopper


def test_a_customers_second_submission_of_the_same_page_shows_the_same_order(ann):
    checkout = ann.get("/checkout/")

    first = ann.submit(checkout, "/checkout/", **BUYER)
    second = ann.submit(checkout, "/checkout/", **BUYER)

    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"] == f"/orders/{Order.objects.get().public_token}/"


def test_another_customers_token_shows_no_order(ann):
    anns = ann.get("/checkout/")
    ann.submit(anns, "/checkout/", **BUYER)
    token = next(form for form in forms_in(anns) if form.action == "/checkout/").fields["token"]
    account("bob@example.com")
    bob = logged_in("bob@example.com")
    bob.follow(bob.add("mug"))
    bobs = bob.get("/checkout/")
    bob.submit(bobs, "/checkout/", **BUYER)

    answer = bob.submit(bobs, "/checkout/", **BUYER, token=token)

    assert (answer.status_code, answer["Location"]) == (302, "/cart/")
    assert Order.objects.count() == 2
