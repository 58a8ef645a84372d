"""What an order's tax is made of."""

from collections import defaultdict
from decimal import Decimal

from tenant_shop.orders.models import Order


def tax_by_rate(order: Order) -> list[tuple[Decimal, Decimal]]:
    """(rate as a fraction, tax at it) for each rate of the lines and of delivery, the highest first; from what it
    keeps, so that the sum is its tax. Rates without tax are left out. One statement unless the lines were read already.
    """
    found: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for item in order.items.all():
        found[item.tax_rate.normalize()] += item.tax_amount
    on_delivery = Decimal(order.metadata.get("shipping_tax", "0"))
    found[Decimal(order.metadata.get("shipping_tax_rate", "0")).normalize()] += on_delivery
    return sorted(((rate, tax) for rate, tax in found.items() if tax), reverse=True)
