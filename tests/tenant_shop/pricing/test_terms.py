"""Whose price lists hold, when, and what reading them costs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.pricing.groups import group_of, group_of_id
from tenant_shop.pricing.quantities import Allowed
from tenant_shop.pricing.terms import terms_for
from tests.factories.catalog import CategoryFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.pricing import group_with, offer, price_list, sold_in
from tests.shopping import configure, stocked
from tests.statements import StatementCount

NOW = timezone.now()
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> None:
    configure()


def price_for(customer: Any, variant: Any, quantity: int = 1) -> Decimal:
    return terms_for(customer and customer.pk, [variant], shop_settings()).price(variant, quantity)


def test_a_group_pays_its_own_price_and_nobody_else_does() -> None:
    mug, ann, bob = stocked(), CustomerFactory(), CustomerFactory()
    prices = price_list(group_with(ann))
    offer(prices, "8.00", product=mug.product)
    offer(prices, "7.00", product=mug.product, min_quantity=10)
    other = price_list(group_with(name="Staff"))
    offer(other, "1.00", product=mug.product)

    assert price_for(ann, mug) == Decimal("8.00")
    assert price_for(ann, mug, 10) == Decimal("7.00")
    assert price_for(bob, mug, 10) == Decimal("10.00")
    assert price_for(None, mug, 10) == Decimal("10.00")


def test_lists_speak_of_variants_products_categories_and_everything() -> None:
    ann, category = CustomerFactory(), CategoryFactory()
    mug, bowl, spoon = stocked(category=category), stocked(category=category), stocked()
    large = VariantFactory(product=mug.product, price=Decimal(20))
    prices = price_list(group_with(ann))
    offer(prices, "15.00", variant=large)
    offer(prices, "8.00", product=mug.product)
    offer(prices, off="10", category=category)
    offer(prices, off="5")

    assert [price_for(ann, variant) for variant in (large, mug, bowl, spoon)] == [
        Decimal("15.00"),
        Decimal("8.00"),
        Decimal("9.00"),
        Decimal("9.50"),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"is_active": False},
        {"currency": "USD"},
        {"starts_at": NOW + HOUR},
        {"ends_at": NOW - HOUR},
    ],
)
def test_a_list_that_does_not_hold_now_changes_nothing(fields: dict[str, Any]) -> None:
    mug, ann = stocked(), CustomerFactory()
    offer(price_list(group_with(ann), **fields), "8.00", product=mug.product)

    assert price_for(ann, mug) == Decimal("10.00")


def test_a_list_holds_within_its_window() -> None:
    mug, ann = stocked(), CustomerFactory()
    offer(price_list(group_with(ann), starts_at=NOW - HOUR, ends_at=NOW + HOUR), "8.00", product=mug.product)

    assert price_for(ann, mug) == Decimal("8.00")


def test_a_group_that_is_off_is_none() -> None:
    mug, ann = stocked(), CustomerFactory()
    group_with(name="Staff")
    offer(price_list(group_with(ann, is_active=False)), "8.00", product=mug.product)

    assert group_of(ann) is None
    assert group_of_id(ann.pk, shop_settings()) is None
    assert price_for(ann, mug) == Decimal("10.00")


def test_of_lists_that_say_something_alike_the_higher_priority_holds() -> None:
    mug, ann = stocked(), CustomerFactory()
    group = group_with(ann)
    offer(price_list(group, name="Base"), "8.00", product=mug.product)
    offer(price_list(group, name="Spring", priority=1), "9.00", product=mug.product)

    assert price_for(ann, mug) == Decimal("9.00")


def test_a_groups_rule_of_quantity_goes_before_everybodys_and_a_variants_before_its_products() -> None:
    ann, mug = CustomerFactory(), stocked()
    large = VariantFactory(product=mug.product)
    group = group_with(ann)
    sold_in(2, product=mug.product)
    sold_in(3, variant=large)
    sold_in(6, 6, product=mug.product, group=group)

    def allowed(customer_id: Any) -> list[Allowed]:
        terms = terms_for(customer_id, [mug, large], shop_settings())
        return [terms.allowed(variant.pk) for variant in (mug, large)]

    assert allowed(None) == [Allowed(2), Allowed(3)]
    assert allowed(ann.pk) == [Allowed(6, 6), Allowed(6, 6)]


def test_what_the_shop_does_not_use_costs_no_statement() -> None:
    ann, mugs = CustomerFactory(), [stocked() for _ in range(3)]

    def statements(customer_id: Any) -> int:
        settings = shop_settings()
        with StatementCount() as counted:
            terms_for(customer_id, mugs, settings)
        return counted.count

    assert (statements(None), statements(ann.pk)) == (0, 0)
    group = group_with()
    assert (statements(None), statements(ann.pk)) == (0, 1)
    offer(price_list(group), "8.00", product=mugs[0].product)
    ann.group = group
    ann.save()
    assert (statements(None), statements(ann.pk)) == (0, 2)
    sold_in(2, product=mugs[0].product)
    assert (statements(None), statements(ann.pk)) == (1, 3)


def test_the_settings_say_what_the_shop_uses() -> None:
    def uses() -> tuple[bool, bool]:
        settings = shop_settings()
        return settings.has_customer_groups, settings.has_quantity_rules

    assert uses() == (False, False)
    group = group_with()
    rule = sold_in(2, variant=stocked())
    assert uses() == (True, True)
    group.is_active = False
    group.save()
    rule.delete()
    assert uses() == (False, False)
