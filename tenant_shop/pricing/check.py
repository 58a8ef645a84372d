"""Whether an order has as many pieces, and costs as much, as it must."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.shortage import display_name
from tenant_shop.pricing.errors import BelowMinimumOrder, QuantityNotAllowed, WrongQuantity
from tenant_shop.pricing.terms import Terms


def wrong_quantities(
    demand: Mapping[UUID, int], variants: Mapping[UUID, ProductVariant], terms: Terms
) -> list[WrongQuantity]:
    """What of `demand` (pieces by variant) may not be ordered in such a number, in the demand's order."""
    return [
        WrongQuantity(variant_id, display_name(variant.product, variant), wanted, terms.allowed(variant_id))
        for variant_id, wanted in demand.items()
        if (variant := variants.get(variant_id)) and not terms.allowed(variant_id).permits(wanted)
    ]


def check_quantities(demand: Mapping[UUID, int], variants: Mapping[UUID, ProductVariant], terms: Terms) -> None:
    """Errors: QuantityNotAllowed."""
    if wrong := wrong_quantities(demand, variants, terms):
        raise QuantityNotAllowed(wrong)


def below_minimum(goods: Decimal, terms: Terms) -> BelowMinimumOrder | None:
    """Why goods that cost `goods`, before discounts, are too little for an order; None when they are enough."""
    if terms.minimum_order is None or goods >= terms.minimum_order:
        return None
    return BelowMinimumOrder(terms.minimum_order, goods, terms.currency)


def check_minimum_order(goods: Decimal, terms: Terms) -> None:
    """Errors: BelowMinimumOrder."""
    if missing := below_minimum(goods, terms):
        raise missing
