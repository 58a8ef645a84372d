"""What a cart would cost."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.models import CartItem
from tenant_shop.orders.quote import quote
from tenant_shop.promotions.models import DiscountCode
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import STANDARD, cart_with, configure, everything, order_from, stocked

EXPRESS = {"code": "express", "name": "Express", "amount": "12.00", "countries": ["DE"]}


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure(shipping_rates=[STANDARD, EXPRESS], tax_rate="0.19", prices_include_tax=True)


def test_the_chosen_delivery_is_counted_else_the_first_one_offered() -> None:
    cart_id = cart_with((stocked(price="10.00"), 1))
    seen = quote(cart_id, country="de", shipping_code="express")
    assert (seen.shipping_code, seen.shipping, seen.total) == ("express", Decimal("12.00"), Decimal("22.00"))
    assert (seen.tax, seen.tax_included) == (Decimal("3.52"), True)
    for country, code in (("DE", None), ("DE", "drone"), ("FR", "express"), (None, "express")):
        seen = quote(cart_id, country=country, shipping_code=code)
        assert (seen.shipping_code, seen.shipping) == ("standard", Decimal("4.90"))
    assert [option.code for option in quote(cart_id, country="FR", shipping_code=None).shipping_options] == ["standard"]


def test_free_delivery_counts_the_goods_before_discounts_so_that_a_code_never_makes_an_order_dearer() -> None:
    configure(shipping_rates=[{**STANDARD, "free_above": "50"}])
    DiscountCodeFactory(code="SAVE", value=Decimal(10))
    cart_id = cart_with((stocked(price="50.00"), 1))
    assert quote(cart_id, country="DE", shipping_code=None).shipping == 0
    apply_coupon(cart_id, "SAVE")
    seen = quote(cart_id, country="DE", shipping_code=None)
    assert (seen.shipping, seen.total) == (0, Decimal("45.00"))


def test_every_reason_against_the_order_is_told() -> None:
    configure(shipping_rates=[{**STANDARD, "countries": ["DE"]}])
    DiscountCodeFactory(code="SAVE")
    mug = stocked(name="Mug", stock=3)
    cart_id = cart_with((mug, 2))
    apply_coupon(cart_id, "SAVE")
    order_from(cart_with((mug, 2)))
    DiscountCode.objects.update(is_active=False)
    seen = quote(cart_id, country="FR", shipping_code="standard")
    assert seen.problems == (
        "Only 1 of Mug left; 2 were asked for.",
        "We do not deliver to France. Please choose another country.",
    )
    assert seen.remarks == ("The code SAVE is not in use.",)
    assert (seen.coupon_code, seen.discount, seen.shipping_code) == (None, 0, None)


def test_an_empty_cart_says_so() -> None:
    cart_id = cart_with((stocked(), 1))
    CartItem.objects.all().delete()
    assert quote(cart_id, country="DE", shipping_code=None).problems == ("Your cart is empty.",)


@pytest.mark.parametrize("lines", [1, 5, 40])
def test_quoting_changes_nothing_in_four_statements(lines: int, count_statements: Any) -> None:
    DiscountCodeFactory(code="SAVE")
    goods = [stocked() for _ in range(lines)]
    cart_id = cart_with(*[(variant, 1) for variant in goods])
    apply_coupon(cart_id, "SAVE")
    before = everything()
    with count_statements() as statements:
        quote(cart_id, country="DE", shipping_code="standard")
    assert statements.count == 4
    assert everything() == before


def test_a_cart_that_is_gone_has_no_quote() -> None:
    cart_id = cart_with((stocked(), 1))
    order_from(cart_id)
    for gone in (cart_id, uuid4(), None):
        with pytest.raises(CartGone):
            quote(gone, country="DE", shipping_code=None)
