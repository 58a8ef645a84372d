"""What a group's customer sees: breaks on the product's page, the normal price in the cart, problems in their place."""

import re

import pytest

from tenant_shop.models import CartItem, Order
from tests.accounts import account, logged_in
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.pricing import group_with, offer, price_list, sold_in
from tests.tenant_shop.storefront.test_purchase import BUYER


@pytest.fixture
def mug(selling):
    return ProductFactory(name="Mug", slug="mug", sku="MUG", price="12.00", stock=50)


@pytest.fixture
def group(mug):
    made = group_with(account("dealer@example.com"))
    prices = price_list(made)
    offer(prices, "8.00", product=mug)
    offer(prices, "7.00", product=mug, min_quantity=10)
    offer(prices, "6.50", product=mug, min_quantity=20)
    return made


@pytest.fixture
def dealer(group):
    return logged_in("dealer@example.com")


def words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def test_the_products_page_has_a_table_of_breaks(dealer):
    page = words(dealer.get("/products/mug/"))
    assert "Your price €8.00 Normal price €12.00" in page
    assert "Your prices by quantity Pieces Each 1\N{EN DASH}9 €8.00 10\N{EN DASH}19 €7.00 20+ €6.50" in page


def test_the_cart_shows_both_prices_and_the_order_charges_the_own_one(dealer):
    dealer.follow(dealer.add("mug", quantity="10"))
    page = words(dealer.get("/cart/"))
    assert "€7.00 each Normal price €12.00" in page
    checkout = dealer.get("/checkout/")
    assert "€74.90" in words(checkout)
    sent = dealer.submit(checkout, "/checkout/", **BUYER)
    assert sent.status_code == 302
    assert f"{Order.objects.get().total_amount:.2f}" == "74.90"


def test_quick_order_refuses_a_number_that_is_not_sold(dealer, mug):
    sold_in(1, 6, product=mug)
    page = dealer.submit(dealer.get("/quick-order/"), "/quick-order/", lines="MUG 5")
    assert page.status_code == 422
    assert "Sold in packs of 6." in words(page)
    assert not CartItem.objects.exists()
    assert dealer.submit(page, "/quick-order/", lines="MUG 12").status_code == 302
    assert CartItem.objects.get().quantity == 12


def test_the_products_page_says_why_a_number_is_refused(dealer, mug):
    sold_in(6, product=mug)
    page = dealer.add("mug", quantity="2")
    assert page.status_code == 422
    assert "Mug: Sold from 6 pieces on." in words(page)


def test_a_line_that_is_wrong_is_marked_in_the_cart_with_a_way_out(dealer, mug):
    dealer.follow(dealer.add("mug", quantity="4"))
    sold_in(6, 3, product=mug)
    page = dealer.get("/cart/")
    line = CartItem.objects.get()
    assert "Sold from 6 pieces on, in packs of 3. Take 6" in words(page)
    assert "Check out" not in words(page)
    assert dealer.get("/checkout/").status_code == 302 or "Sold from 6" in words(dealer.get("/checkout/"))
    fixed = dealer.submit(page, f"/cart/lines/{line.pk}/", quantity="6")
    assert fixed.status_code == 302
    steps = dealer.get("/cart/").content.decode()
    assert f'id="more-{line.pk}" name="quantity" value="9" aria-label="3 more of Mug"' in steps
    assert f'id="less-{line.pk}" name="quantity" value="0" aria-label="3 less of Mug" disabled' in steps


def test_the_least_order_of_a_group_stands_in_the_cart(dealer, group):
    group.minimum_order_amount = 100
    group.save()
    dealer.follow(dealer.add("mug", quantity="10"))
    page = words(dealer.get("/cart/"))
    assert "Orders begin at €100.00. €30.00 is missing." in page
    assert "Check out" not in page


def test_the_picker_and_lists_of_variants_know_the_own_price(dealer, mug):
    VariantFactory(product=mug, sku="MUG-L", options={"Size": "Large"}, price="20.00", stock=5)
    page = words(dealer.get("/products/mug/?Size=Large"))
    assert "Your price €8.00 Normal price €20.00" in page
