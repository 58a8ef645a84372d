"""What is deleted while it is in a cart is told its shopper once, whichever way it went."""

import html
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.carts.merge import merge_carts
from tenant_shop.carts.models import CartItem, CartLoss, ShoppingCart
from tenant_shop.carts.read import read_cart
from tenant_shop.catalog.models import Product
from tenant_shop.inventory.models import StockMovement
from tests.accounts import account, log_in
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.people import staff_browser
from tests.shopper import Shopper
from tests.shopping import cart_with, configure, order_from, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def lost(cart_id: Any) -> tuple[str, ...]:
    return read_cart(cart_id).lost


def test_a_deleted_product_is_told_once_and_the_rest_stays(shop: TenantInfo) -> None:
    mug, bowl = stocked(name="Mug"), stocked(name="Bowl")
    cart_id = cart_with((mug, 2), (bowl, 1))

    Product.objects.get(pk=mug.product_id).delete()

    found = read_cart(cart_id)
    assert (found.lost, [line.name for line in found.lines]) == (("Mug",), ["Bowl"])
    assert (lost(cart_id), CartLoss.objects.count()) == ((), 0)


def test_a_product_deleted_by_hand_is_told_as_well(shop: TenantInfo) -> None:
    cart_id = cart_with((stocked(name="Mug"), 2))
    with shop_connection().cursor() as cursor:
        cursor.execute("DELETE FROM products")
    assert (lost(cart_id), CartItem.objects.count()) == (("Mug",), 0)


def test_a_deleted_variant_is_named_with_its_options(shop: TenantInfo) -> None:
    shirt = ProductFactory(name="Shirt", default_variant=False)
    small = VariantFactory(product=shirt, options={"Size": "S"}, stock=3)
    VariantFactory(product=shirt, options={"Size": "L"}, stock=3)
    cart_id = cart_with((small, 1))
    small.delete()
    assert lost(cart_id) == ("Shirt, S",)


def test_what_the_shopper_takes_out_is_not_told_nor_what_was_ordered(shop: TenantInfo) -> None:
    mug, bowl, plate = stocked(name="Mug"), stocked(name="Bowl"), stocked(name="Plate")
    first = cart_with((mug, 1), (bowl, 1))
    CartItem.objects.filter(variant=mug).delete()
    ordered = cart_with((plate, 1), session_id="other")
    order_from(ordered)
    over = cart_with((mug, 1), session_id="over")
    ShoppingCart.objects.filter(pk=over).update(expires_at=timezone.now())

    Product.objects.get(pk=mug.product_id).delete()

    assert (CartLoss.objects.count(), lost(first)) == (0, ())


def test_losses_go_with_their_cart(shop: TenantInfo) -> None:
    mug = stocked(name="Mug")
    cart_id = cart_with((mug, 1))
    Product.objects.get(pk=mug.product_id).delete()
    ShoppingCart.objects.get(pk=cart_id).delete()
    assert CartLoss.objects.count() == 0


def test_the_cart_says_so_also_when_nothing_is_left_and_the_checkout_leads_there(shop: TenantInfo) -> None:
    shopper = Shopper()
    stocked(name="Mug <b>", slug="mug")
    shopper.follow(shopper.add("mug"))
    Product.objects.get(slug="mug").delete()

    answer = shopper.get("/checkout/")
    page = html.unescape(shopper.follow(answer).content.decode())
    assert answer["Location"] == "/cart/"
    assert page.count("No longer sold, and taken out of your cart: Mug <b>.") == 1
    assert "taken out" not in shopper.get("/cart/").content.decode()


def test_the_back_office_deletes_what_lies_in_carts(shop: TenantInfo) -> None:
    mug = stocked(name="Mug")
    cart_id = cart_with((mug, 1))
    page = f"/admin/tenant_shop/product/{mug.product_id}/delete/"
    assert staff_browser(shop).post(page, {"post": "yes"}).status_code == 302
    with tenant_context(shop):
        assert lost(cart_id) == ("Mug",)


def test_what_a_visitor_lost_is_told_in_the_customers_cart_once(shop: TenantInfo) -> None:
    ann = CustomerFactory()
    mug, bowl = stocked(name="Mug"), stocked(name="Bowl")
    visitors = cart_with((mug, 1), (bowl, 1), session_id="s")
    Product.objects.get(pk=mug.product_id).delete()

    merged = merge_carts(ann.pk, visitors)

    assert merged.cart_id is not None
    found = read_cart(merged.cart_id)
    assert (found.lost, [line.name for line in found.lines]) == (("Mug",), ["Bowl"])
    assert (lost(merged.cart_id), CartLoss.objects.count()) == ((), 0)


def test_who_logs_in_reads_what_is_gone_sold_out_and_fewer(shop: TenantInfo) -> None:
    account()
    shopper = Shopper()
    goods = {name: stocked(name=name, slug=name.lower(), stock=9) for name in ("Mug", "Bowl", "Vase")}
    for slug in ("mug", "bowl", "vase"):
        shopper.add(slug, quantity="3")
    Product.objects.get(slug="mug").delete()
    StockMovement.objects.create(variant=goods["Bowl"], delta=-8, reason="correction")
    StockMovement.objects.create(variant=goods["Vase"], delta=-9, reason="correction")

    said = html.unescape(shopper.follow(log_in(shopper)).content.decode())

    assert "Bowl: only 1 left, so that many are in your cart." in said
    assert "Vase is sold out." in said
    cart = html.unescape(shopper.get("/cart/").content.decode())
    assert cart.count("No longer sold, and taken out of your cart: Mug.") == 1
    assert "taken out" not in shopper.get("/cart/").content.decode()
