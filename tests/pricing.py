"""Groups with price lists, for tests."""

from decimal import Decimal
from typing import Any

from tenant_shop.customers.models import Customer
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule


def group_with(*customers: Customer, name: str = "Wholesale", **fields: Any) -> CustomerGroup:
    """A group that the customers are in."""
    group = CustomerGroup.objects.create(name=name, **fields)
    for customer in customers:
        customer.group = group
        customer.save(update_fields=["group"])
    return group


def price_list(group: CustomerGroup, **fields: Any) -> PriceList:
    """A list in euros that holds now."""
    return PriceList.objects.create(**{"group": group, "name": "Prices", "currency": "EUR", **fields})


def offer(prices: PriceList, price: str = "", *, off: str = "", **goods: Any) -> PriceListEntry:
    """An entry: `offer(prices, "8.00", product=mug)`, `offer(prices, off="10", min_quantity=5)`."""
    return PriceListEntry.objects.create(
        price_list=prices,
        unit_price=Decimal(price) if price else None,
        percent_off=Decimal(off) if off else None,
        **goods,
    )


def sold_in(minimum: int = 1, multiple: int = 1, **goods: Any) -> QuantityRule:
    """A rule of quantity: `sold_in(6, 3, product=mug)`."""
    return QuantityRule.objects.create(minimum=minimum, multiple=multiple, **goods)
