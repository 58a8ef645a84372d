"""Lists of a group are sorted, filtered and counted by the prices that it sees, and everybody's by everybody's."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.browse import Sort, product_list
from tenant_shop.catalog.listing.filters import NO_FILTERS, Filters
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.summary import ProductSummary
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.pricing.listed import own_listing
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry
from tenant_shop.pricing.shown import for_buyer
from tests.factories.catalog import CategoryFactory, ProductFactory, VariantFactory
from tests.pricing import group_with, offer, price_list, sold_in
from tests.shopping import configure

EUR = Decimal


@pytest.fixture
def group(shop: TenantInfo) -> CustomerGroup:
    configure()
    return group_with()


def listed(group: CustomerGroup | None, sort: Sort = Sort.PRICE_UP, filters: Filters = NO_FILTERS) -> Any:
    return product_list(sort=sort, filters=filters, own=own_listing(group, shop_settings()))


def names(found: Any) -> list[str]:
    return [product.name for product in found]


def shown(group: CustomerGroup, found: Any) -> list[ProductSummary]:
    return for_buyer(list(found), group, shop_settings())


def test_a_group_sorts_and_filters_by_its_own_prices(group: CustomerGroup) -> None:
    cup, bowl, pot = (
        ProductFactory(name=name, price=EUR(price), stock=5) for name, price in (("Cup", 10), ("Bowl", 20), ("Pot", 30))
    )
    prices = price_list(group)
    offer(prices, "5.00", product=pot)
    offer(prices, off="10")
    assert names(listed(None)) == ["Cup", "Bowl", "Pot"]
    assert names(listed(group)) == ["Pot", "Cup", "Bowl"]
    assert names(listed(group, Sort.PRICE_DOWN)) == ["Bowl", "Cup", "Pot"]
    whole = listed(group).counts
    assert (whole.total, whole.price_low, whole.price_high) == (3, EUR(5), EUR(18))
    cheap = Filters(price_to=EUR("9.00"))
    assert names(listed(group, filters=cheap)) == ["Pot", "Cup"]
    assert (listed(group, filters=cheap).counts.total, names(listed(None, filters=cheap))) == (2, [])
    assert names(listed(group, filters=Filters(price_from=EUR("9.01")))) == ["Bowl"]
    assert {cup.pk, bowl.pk, pot.pk} == {product.id for product in listed(group, Sort.NAME)}


def test_what_a_list_says_changes_with_the_group_its_lists_and_their_time(group: CustomerGroup) -> None:
    ProductFactory(name="Cup", price=EUR(10), stock=5)
    bowl = ProductFactory(name="Bowl", price=EUR(20), stock=5)
    prices = price_list(group)
    entry = offer(prices, "5.00", product=bowl)
    other = group_with(name="Others")
    assert own_listing(None, shop_settings()) is None
    assert own_listing(other, shop_settings()) is None
    assert (names(listed(group)), names(listed(other))) == (["Bowl", "Cup"], ["Cup", "Bowl"])
    PriceListEntry.objects.filter(pk=entry.pk).update(unit_price=EUR(15))
    assert names(listed(group)) == ["Cup", "Bowl"]
    assert listed(group).counts.price_high == EUR(15)
    for change in (
        {"is_active": False},
        {"is_active": True, "currency": "USD"},
        {"currency": "EUR", "ends_at": timezone.now()},
        {"ends_at": None, "starts_at": timezone.now() + timedelta(days=1)},
    ):
        PriceList.objects.filter(pk=prices.pk).update(**change)
        assert listed(group).counts.price_high == EUR(20), change


def test_size_and_own_price_meet_in_one_variant_in_stock(group: CustomerGroup) -> None:
    shirt = ProductFactory(name="Shirt", price=EUR(30), stock=0)
    small = VariantFactory(product=shirt, sku="S", options={"Size": "S"}, stock=4, position=1)
    VariantFactory(product=shirt, sku="M", options={"Size": "M"}, stock=0, position=2)
    VariantFactory(product=shirt, sku="L", options={"Size": "L"}, stock=4, position=3)
    offer(price_list(group), "12.00", variant=small)

    def found(size: str) -> int:
        wanted = Filters(options={"Size": (size,)}, price_to=EUR("12.00"))
        return listed(group, filters=wanted).counts.total

    assert (found("S"), found("M"), found("L")) == (1, 0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_the_prices_in_sql_are_those_that_are_shown(seed: int, group: CustomerGroup) -> None:
    random = Random(seed)
    shelves = [CategoryFactory(name=f"Shelf {number}", slug=f"shelf-{number}") for number in range(3)]
    for number in range(12):
        product = ProductFactory(
            name=f"P{number:02}",
            price=EUR(random.randint(100, 3000)) / 100,
            category=random.choice([None, *shelves]),
            stock=random.choice([0, 5]),
        )
        for size in range(random.randint(0, 3)):
            price = random.choice([None, EUR(random.randint(100, 3000)) / 100])
            VariantFactory(
                product=product,
                sku=f"V{number}-{size}",
                options={"Size": str(size)},
                price=price,
                stock=size,
                position=size,
            )
    variants = list(ProductVariant.objects.all())
    for priority in (0, 0, 1):
        prices = price_list(group, name=f"List {random.random()}", priority=priority)
        goods: list[dict[str, Any]] = [
            *({"variant": variant} for variant in random.sample(variants, 4)),
            *({"product": product} for product in random.sample(list(Product.objects.all()), 3)),
            {"category": random.choice(shelves)},
            *([{}] if random.random() < 0.5 else []),
        ]
        for about in goods:
            terms = {"min_quantity": random.choice([1, 1, 2, 6, 12]), **about}
            if random.random() < 0.5:
                offer(prices, str(EUR(random.randint(50, 3500)) / 100), **terms)
            else:
                offer(prices, off=str(random.randint(1, 60)), **terms)
    for variant in random.sample(variants, 4):
        sold_in(random.choice([1, 5]), random.choice([1, 6]), variant=variant)
        sold_in(2, 2, product=variant.product, group=group) if random.random() < 0.5 else None

    up = listed(group)
    prices_shown = [product.price for product in shown(group, up)]
    assert prices_shown == sorted(prices_shown)
    variants_shown = [variant for product in shown(group, up) for variant in product.variants]
    assert sum(variant.is_own_price for variant in variants_shown) > 4
    everything = [variant.price for variant in variants_shown]
    assert (up.counts.price_low, up.counts.price_high) == (min(everything), max(everything))
    assert listed(None).counts.total == up.counts.total == 12
    low, high = sorted(random.sample(everything, 2))
    between = Filters(price_from=low, price_to=high, available=True)
    expected = {
        product.name
        for product in shown(group, up)
        if any(low <= variant.price <= high and variant.is_available for variant in product.variants)
    }
    assert set(names(listed(group, filters=between))) == expected
    assert listed(group, filters=between).counts.total == len(expected)
