"""Ordering by a list: what can be had is in the cart, the rest stays with its reason, nothing is half done or lost."""

import pytest

from tenant_shop.models import CartItem, ShoppingCart
from tests.factories.catalog import ProductFactory
from tests.shopping import stocked


def lines() -> dict:
    return {line.variant.sku: line.quantity for line in CartItem.objects.select_related("variant")}


@pytest.fixture
def shelf(selling):
    return {sku: stocked(sku=sku, stock=stock) for sku, stock in (("AB-1", 10), ("AB-2", 3), ("AB-3", 0))}


def test_a_good_list_leads_to_the_cart(shelf, shopper):
    answer = shopper.post("/quick-order/", {"lines": "AB-1 4\nab-2;3"})
    assert (answer.status_code, answer["Location"]) == (302, "/cart/")
    assert lines() == {"AB-1": 4, "AB-2": 3}
    assert "2 lines are in your cart." in shopper.get("/cart/").content.decode()


def test_what_cannot_be_had_stays_in_the_field_with_its_reason(shelf, shopper):
    answer = shopper.post("/quick-order/", {"lines": "AB-1 4\nAB-2 5\nAB-3 1\nNOPE 2\nAB-1\nAB-1 x"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert lines() == {"AB-1": 4}
    for said in (
        "1 line is in your cart.",
        "Only 3 in stock; 5 would be in your cart.",
        "Sold out.",
        "There is no article with the SKU “NOPE”.",
        "How many? Write the quantity behind the SKU.",
        "“x” is no quantity from 1 to 9,999.",
    ):
        assert said in page, said
    assert ">AB-2 5\nAB-3 1\nNOPE 2\nAB-1\nAB-1 x</textarea>" in page


def test_sent_again_after_mending_nothing_is_added_twice(shelf, shopper):
    shopper.post("/quick-order/", {"lines": "AB-1 4\nAB-2 5"})
    shopper.post("/quick-order/", {"lines": "AB-2 2"})
    assert lines() == {"AB-1": 4, "AB-2": 2}


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "<svg onload=alert(1)>", "AB-1 " + "9" * 5000, "x" * 70_000])
def test_a_list_that_means_nothing_changes_nothing(shelf, shopper, text):
    answer = shopper.post("/quick-order/", {"lines": text})
    assert answer.status_code == 422
    assert "<svg onload" not in answer.content.decode()
    assert not ShoppingCart.objects.exists()
    assert shopper.cookies == set()


def test_another_sites_form_is_refused(shelf, shopper):
    answer = shopper.client.post(
        "/quick-order/", {"lines": "AB-1 1"}, headers={"host": shopper.host, "sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert not ShoppingCart.objects.exists()


def test_the_fields_of_a_list_go_in_together_or_one_by_one(shelf, shopper):
    field = {sku: f"quantity_{variant.pk.hex}" for sku, variant in shelf.items()}

    both = shopper.post("/cart/lines/add/", {field["AB-1"]: "2", field["AB-2"]: "", field["AB-3"]: "0"})
    one = shopper.post("/cart/lines/add/", {field["AB-1"]: "5", field["AB-2"]: "", "only": shelf["AB-2"].pk.hex})

    assert both["Location"] == one["Location"] == "/cart/"
    assert lines() == {"AB-1": 2, "AB-2": 1}


def test_a_field_that_asks_for_too_much_is_answered_and_the_others_go_in(shelf, shopper):
    hidden = ProductFactory(sku="HID", status="draft", stock=3).variant_rows.get()
    data = {f"quantity_{variant.pk.hex}": "4" for variant in (*shelf.values(), hidden)}
    answer = shopper.post("/cart/lines/add/", {**data, "quantity_nonsense": "1", "quantity_": "1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert lines() == {"AB-1": 4}
    assert "Only 3 in stock; 4 would be in your cart." in page
    assert "This item is not on sale." in page
    assert ">AB-2;4\nAB-3;4</textarea>" in page


def test_nothing_in_the_fields_is_said_so(shelf, shopper):
    answer = shopper.post("/cart/lines/add/", {"quantity_x": "1"})
    assert answer.status_code == 422
    assert "Please say what you want" in answer.content.decode()
