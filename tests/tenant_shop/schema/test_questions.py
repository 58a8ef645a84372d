"""What models answer about themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order
from tenant_shop.promotions.models import DiscountCode
from tests.factories.catalog import ProductFactory, VariantFactory

HIDDEN = {"visibility": "hidden"}


@pytest.mark.parametrize(
    ("product", "stock", "visible", "buyable"),
    [
        ({}, 1, True, True),
        ({}, 0, True, False),
        ({"allow_backorder": True}, 0, True, True),
        ({"track_inventory": False}, 0, True, True),
        ({"status": "draft"}, 1, False, False),
        (HIDDEN, 1, False, False),
        ({"visibility": "catalog_only"}, 1, False, False),
    ],
)
def test_what_is_visible_and_what_can_be_bought(
    shop: TenantInfo, product: dict[str, Any], stock: int, visible: bool, buyable: bool
) -> None:
    made = ProductFactory(stock=stock, **product)

    assert made.is_visible == Product.objects.visible().exists() == visible
    assert made.is_for_sale == ProductVariant.objects.for_sale().exists() == (visible or product == HIDDEN)
    assert Product.objects.buyable().exists() == buyable
    assert ProductVariant.objects.buyable().exists() == (buyable or product == HIDDEN)


def test_a_product_of_which_only_a_withdrawn_variant_is_left_cannot_be_bought(shop: TenantInfo) -> None:
    VariantFactory(stock=5, is_active=False)
    VariantFactory(is_active=False, product__allow_backorder=True)

    assert Product.objects.visible().count() == 2
    assert not Product.objects.buyable().exists()
    assert not ProductVariant.objects.buyable().exists()


def test_a_variant_without_a_price_costs_what_the_product_costs(shop: TenantInfo) -> None:
    product = Product(price=Decimal("20.000"), compare_at_price=Decimal("25.000"))

    plain = ProductVariant(product=product)
    dear = ProductVariant(product=product, price=Decimal("30.000"))
    reduced = ProductVariant(product=product, price=Decimal("30.000"), compare_at_price=Decimal("40.000"))

    assert [v.effective_price for v in (plain, dear, reduced)] == [Decimal(20), Decimal(30), Decimal(30)]
    assert [v.effective_compare_at_price for v in (plain, dear, reduced)] == [Decimal(25), None, Decimal(40)]


def test_a_variant_supplies_what_it_has_unless_it_may_be_back_ordered(shop: TenantInfo) -> None:
    variant = ProductVariant(product=Product(), inventory_quantity=2)
    assert (variant.can_supply(2), variant.can_supply(3)) == (True, False)

    variant.product.allow_backorder = True
    assert variant.can_supply(3)

    variant.is_active = False
    assert not variant.can_supply(1)


def test_a_variant_is_named_by_its_options() -> None:
    assert str(ProductVariant(sku="A", options={"Size": "M", "Colour": "Red"})) == "M / Red"
    assert str(ProductVariant(sku="A", options={})) == "A"


@pytest.mark.parametrize("status", Order.Status.values)
def test_an_order_can_be_cancelled_until_it_leaves_the_house(status: str) -> None:
    order = Order(status=status)
    assert order.is_cancellable == (status in {"pending", "confirmed", "processing"})

    order.fulfillment_status = Order.FulfillmentStatus.PARTIAL
    assert not order.is_cancellable


def test_an_unpaid_order_is_overdue_from_the_moment_it_is_due() -> None:
    due = timezone.now() - timedelta(seconds=1)

    assert Order(payment_due_at=due).is_overdue
    assert Order(payment_due_at=due, payment_status="failed").is_overdue
    assert not Order(payment_due_at=due + timedelta(hours=1)).is_overdue
    assert not Order(payment_due_at=None).is_overdue
    assert not Order(payment_due_at=due, payment_status="paid").is_overdue
    assert not Order(payment_due_at=due, status="cancelled").is_overdue


def test_a_code_runs_from_its_start_to_just_before_its_end() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    code = DiscountCode(starts_at=start, ends_at=end)
    tick = timedelta(microseconds=1)

    assert [code.is_running(at) for at in (start - tick, start, end - tick, end)] == [False, True, True, False]
    assert DiscountCode().is_running(start)
    assert not DiscountCode(is_active=False).is_running(start)


def test_a_code_is_used_up_at_its_limit() -> None:
    assert [DiscountCode(usage_limit=2, usage_count=count).is_used_up for count in (1, 2, 3)] == [False, True, True]
    assert not DiscountCode(usage_limit=None, usage_count=99).is_used_up


def test_a_customer_is_locked_until_the_lock_ends() -> None:
    assert Customer(locked_until=timezone.now() + timedelta(hours=1)).is_locked
    assert not Customer(locked_until=timezone.now() - timedelta(seconds=1)).is_locked
    assert not Customer().is_locked
    assert Customer(first_name="Ann", last_name=None).full_name == "Ann"
