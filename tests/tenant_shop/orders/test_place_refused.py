"""An order that is refused leaves nothing behind."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.carts.coupon import apply_coupon
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.orders.errors import (
    CartEmpty,
    CartGone,
    CouponRefused,
    CurrencyChanged,
    IdempotencyConflict,
    InvalidAddress,
    InvalidContact,
    OutOfStock,
    PaymentMethodUnavailable,
    ShippingUnavailable,
    TotalChanged,
)
from tenant_shop.orders.place import place_order
from tenant_shop.promotions.errors import Refusal
from tenant_shop.promotions.models import DiscountCode
from tests.factories.promotions import DiscountCodeFactory
from tests.shopping import ADDRESS, STANDARD, cart_with, configure, everything, order_from, stocked, submission


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"email": "nobody"}, InvalidContact),
        ({"phone": "1" * 30}, InvalidContact),
        ({"idempotency_key": "x" * 256}, InvalidContact),
        ({"idempotency_key": "\x00"}, InvalidContact),
        ({"shipping_address": {}}, InvalidAddress),
        ({"billing_address": {**ADDRESS, "country": "ZZ"}}, InvalidAddress),
        ({"shipping_code": "drone", "expected_total": Decimal("14.90")}, ShippingUnavailable),
        ({"payment_method": "gold"}, PaymentMethodUnavailable),
        ({"expected_total": Decimal("14.89")}, TotalChanged),
        ({"cart_id": uuid4()}, CartGone),
    ],
)
def test_a_bad_submission_moves_nothing(changes: dict[str, Any], error: type[Exception]) -> None:
    DiscountCodeFactory(code="SAVE")
    sent = submission(cart_with((stocked(price="10.00"), 1)))
    before = everything()
    with pytest.raises(error):
        place_order(**{**sent, **changes})
    assert everything() == before


def test_a_changed_price_is_told_with_both_totals() -> None:
    mug = stocked(price="10.00")
    sent = submission(cart_with((mug, 2)))
    Product.objects.filter(pk=mug.product_id).update(price=Decimal("11.00"))
    before = everything()
    with pytest.raises(TotalChanged) as refused:
        place_order(**sent)
    assert (refused.value.expected, refused.value.actual) == (Decimal("24.90"), Decimal("26.90"))
    assert everything() == before


def test_every_line_that_is_short_is_named_with_what_is_left() -> None:
    few, enough, none = stocked(name="Few", stock=3), stocked(stock=9), stocked(name="None", stock=2)
    sent = submission(cart_with((few, 3), (enough, 1), (none, 2)))
    order_from(cart_with((few, 2), (none, 2)))
    before = everything()
    with pytest.raises(OutOfStock) as refused:
        place_order(**sent)
    assert [(short.name, short.wanted, short.available) for short in refused.value.shortages] == [
        ("Few", 3, 1),
        ("None", 2, 0),
    ]
    assert str(refused.value) == "Only 1 of Few left; 3 were asked for. None is sold out."
    assert everything() == before


def take_off_sale(variant: ProductVariant) -> None:
    ProductVariant.objects.filter(pk=variant.pk).update(is_active=False)


def archive(variant: ProductVariant) -> None:
    Product.objects.filter(pk=variant.product_id).update(status="archived")


@pytest.mark.parametrize("remove", [take_off_sale, archive])
def test_what_went_off_sale_cannot_be_ordered(remove: Callable[[ProductVariant], None]) -> None:
    mug = stocked(allow_backorder=True)
    sent = submission(cart_with((mug, 1)))
    remove(mug)
    before = everything()
    with pytest.raises(OutOfStock):
        place_order(**sent)
    assert everything() == before


def test_an_empty_or_expired_cart_cannot_be_ordered() -> None:
    mug = stocked()
    empty, expired = submission(cart_with((mug, 1))), submission(cart_with((mug, 1)))
    CartItem.objects.filter(cart_id=empty["cart_id"]).delete()
    ShoppingCart.objects.filter(pk=expired["cart_id"]).update(expires_at=timezone.now() - timedelta(seconds=1))
    before = everything()
    with pytest.raises(CartEmpty):
        place_order(**empty)
    with pytest.raises(CartGone):
        place_order(**expired)
    assert everything() == before


def test_delivery_to_another_country_is_refused() -> None:
    configure(shipping_rates=[{**STANDARD, "countries": ["DE"]}])
    sent = submission(cart_with((stocked(), 1)))
    before = everything()
    with pytest.raises(ShippingUnavailable) as refused:
        place_order(**{**sent, "shipping_address": {**ADDRESS, "country": "FR"}})
    assert (refused.value.shipping_code, refused.value.country) == ("standard", "FR")
    assert everything() == before


def test_a_key_orders_one_cart_only() -> None:
    mug = stocked()
    order_from(cart_with((mug, 1)), idempotency_key="one")
    sent = submission(cart_with((mug, 1)), idempotency_key="one")
    before = everything()
    with pytest.raises(IdempotencyConflict):
        place_order(**sent)
    assert everything() == before


def cart_with_code(variant: ProductVariant, quantity: int = 1) -> UUID:
    cart_id = cart_with((variant, quantity))
    apply_coupon(cart_id, "SAVE")
    return cart_id


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_active": False}, Refusal.INACTIVE),
        ({"ends_at": timezone.now() - timedelta(days=1)}, Refusal.ENDED),
        ({"starts_at": timezone.now() + timedelta(days=1)}, Refusal.NOT_STARTED),
        ({"usage_limit": 0}, Refusal.USED_UP),
        ({"minimum_order_amount": Decimal(1000)}, Refusal.BELOW_MINIMUM),
        ({"applicable_categories": [uuid4()]}, Refusal.NOT_APPLICABLE),
        ({"code": "OTHER"}, Refusal.UNKNOWN),
    ],
)
def test_a_code_that_ended_meanwhile_stops_the_order(change: dict[str, Any], reason: Refusal) -> None:
    DiscountCodeFactory(code="SAVE")
    sent = submission(cart_with_code(stocked()))
    DiscountCode.objects.update(**change)
    before = everything()
    with pytest.raises(CouponRefused) as refused:
        place_order(**sent)
    assert (refused.value.coupon_code, refused.value.reason) == ("SAVE", reason)
    assert everything() == before


def test_a_customer_uses_a_code_as_often_as_allowed_however_the_address_is_written() -> None:
    DiscountCodeFactory(code="SAVE", usage_limit_per_customer=1)
    mug = stocked()
    order_from(cart_with_code(mug), email="ann@example.com")
    sent = submission(cart_with_code(mug), email="ANN@Example.com ")
    before = everything()
    with pytest.raises(CouponRefused) as refused:
        place_order(**sent)
    assert refused.value.reason is Refusal.NOT_WITH_ADDRESS
    assert everything() == before
    order_from(cart_with_code(mug), email="bob@example.com")


def test_a_total_of_the_same_figures_in_another_currency_is_refused() -> None:
    sent = submission(cart_with((stocked(price="10.00"), 1)), expected_currency="EUR")
    configure(currency="USD")
    before = everything()
    with pytest.raises(CurrencyChanged) as refused:
        place_order(**sent)
    assert (refused.value.expected, refused.value.actual) == ("EUR", "USD")
    assert everything() == before
    assert place_order(**{**sent, "expected_currency": "USD"}).currency == "USD"
