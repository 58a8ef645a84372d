"""What a shopper sees of a cart."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon, remove_coupon
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.read import read_cart
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.promotions.errors import CouponRefused, Refusal
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import cart_with, configure, everything, order_from, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def test_no_cart_reads_as_an_empty_one() -> None:
    mug = stocked()
    ordered = cart_with((mug, 1))
    order_from(ordered)
    for cart_id in (None, uuid4(), ordered):
        view = read_cart(cart_id)
        assert (view.id, view.lines, view.total, view.item_count) == (None, (), 0, 0)
        assert not view.is_orderable


def test_a_line_shows_what_a_shopper_wants_to_know() -> None:
    product = ProductFactory(name="Shirt", slug="shirt", price=Decimal("20.00"))
    variant = VariantFactory(product=product, sku="S-M", options={"Size": "M"}, price=Decimal("25.50"), stock=4)
    ProductImage.objects.create(product=product, url="https://example.com/b.jpg", sort_order=2)
    ProductImage.objects.create(product=product, url="https://example.com/a.jpg", is_primary=True, sort_order=9)
    (line,) = read_cart(cart_with((variant, 3))).lines
    assert (line.product_slug, line.name, line.options, line.sku) == ("shirt", "Shirt", {"Size": "M"}, "S-M")
    assert (line.quantity, line.max_quantity, line.unit_price) == (3, 4, Decimal("25.50"))
    assert (line.line_total, line.previous_price, line.problem) == (Decimal("76.50"), None, None)
    assert line.picture.url == "https://example.com/a.jpg"
    own = ProductImage.objects.create(product=product, url="https://example.com/m.jpg", sort_order=5)
    ProductVariant.objects.filter(pk=variant.pk).update(image=own)
    assert read_cart(cart_with((variant, 1))).lines[0].picture.url == "https://example.com/m.jpg"


def test_a_changed_price_is_announced_once() -> None:
    mug = stocked(price="10.00")
    cart_id = cart_with((mug, 2))
    Product.objects.filter(pk=mug.product_id).update(price=Decimal("12.00"))
    first, second = read_cart(cart_id), read_cart(cart_id)
    assert (first.lines[0].previous_price, first.total) == (Decimal("10.00"), Decimal("24.00"))
    assert (second.lines[0].previous_price, second.total) == (None, Decimal("24.00"))


def test_what_cannot_be_ordered_says_why() -> None:
    few, none, gone, endless = stocked(stock=5), stocked(stock=5), stocked(stock=5), stocked(allow_backorder=True)
    cart_id = cart_with((few, 4), (none, 5), (gone, 1), (endless, 50))
    order_from(cart_with((few, 2), (none, 5)))
    Product.objects.filter(pk=gone.product_id).update(status="archived")
    view = read_cart(cart_id)
    assert [line.problem for line in view.lines] == ["Only 3 left.", "Sold out.", "No longer on sale.", None]
    assert [line.max_quantity for line in view.lines] == [3, 0, 0, None]
    assert not view.is_orderable


@pytest.mark.parametrize("lines", [1, 5, 40])
def test_reading_takes_the_same_statements_for_any_number_of_lines(lines: int, count_statements: Any) -> None:
    DiscountCodeFactory(code="SAVE")
    goods = [stocked() for _ in range(lines)]
    cart_id = cart_with(*[(variant, 1) for variant in goods])
    apply_coupon(cart_id, "SAVE")
    Product.objects.update(price=Decimal("11.00"))
    with count_statements() as announcing:
        read_cart(cart_id)
    with count_statements() as again:
        read_cart(cart_id)
    assert (announcing.count, again.count) == (5, 4)


def test_a_code_takes_its_discount_off() -> None:
    DiscountCodeFactory(code="SAVE")
    cart_id = cart_with((stocked(price="19.99"), 2))
    apply_coupon(cart_id, " save ")
    view = read_cart(cart_id)
    assert (view.coupon_code, view.coupon_message, view.coupon_refused) == ("SAVE", "10% off", False)
    assert (view.subtotal, view.discount, view.total) == (Decimal("39.98"), Decimal("4.00"), Decimal("35.98"))
    remove_coupon(cart_id)
    assert (read_cart(cart_id).coupon_code, read_cart(cart_id).total) == (None, Decimal("39.98"))


def test_a_code_that_no_longer_holds_stays_with_its_reason() -> None:
    code = DiscountCodeFactory(code="SAVE")
    cart_id = cart_with((stocked(price="10.00"), 1))
    apply_coupon(cart_id, "SAVE")
    type(code).objects.update(is_active=False)
    view = read_cart(cart_id)
    assert (view.coupon_code, view.coupon_message) == ("SAVE", "The code SAVE is not in use.")
    assert (view.coupon_refused, view.discount, view.total) == (True, 0, Decimal("10.00"))


@pytest.mark.parametrize("typed", ["NONE", "", "a\x00b", "x" * 500, "'; DROP TABLE orders"])
def test_an_unknown_code_is_refused_and_the_former_one_kept(typed: str) -> None:
    DiscountCodeFactory(code="SAVE")
    cart_id = cart_with((stocked(), 1))
    apply_coupon(cart_id, "SAVE")
    before = everything()
    with pytest.raises(CouponRefused) as refused:
        apply_coupon(cart_id, typed)
    assert refused.value.reason is Refusal.UNKNOWN
    assert everything() == before


def test_an_ordered_cart_takes_no_code() -> None:
    DiscountCodeFactory(code="SAVE")
    cart_id = cart_with((stocked(), 1))
    order_from(cart_id)
    for gone in (cart_id, uuid4(), None):
        with pytest.raises(CartGone):
            apply_coupon(gone, "SAVE")
        with pytest.raises(CartGone):
            remove_coupon(gone)
