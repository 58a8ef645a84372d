"""What of a demand cannot be met."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.errors import Shortage


def sellable_quantity(variant: ProductVariant) -> int | None:
    """How many pieces could be sold, by what the object knows (its product included); None means any number."""
    product = variant.product
    if not variant.is_active or not product.is_for_sale:
        return 0
    return max(variant.inventory_quantity, 0) if product.is_stock_limited else None


def display_name(product: Product, variant: ProductVariant) -> str:
    """The product with the variant's options, as a shopper would say it: "Linen shirt (M / Red)"."""
    return f"{product.name} ({variant.label})" if variant.label else product.name


def shortages(demand: Mapping[UUID, int], variants: Mapping[UUID, ProductVariant]) -> list[Shortage]:
    """The variants of `demand` (pieces by variant) that cannot supply it, in the demand's order."""
    found = []
    for variant_id, wanted in demand.items():
        variant = variants.get(variant_id)
        available = 0 if variant is None else sellable_quantity(variant)
        if available is not None and available < wanted:
            name = _("This item") if variant is None else display_name(variant.product, variant)
            found.append(Shortage(variant_id, name, variant.sku if variant else "", wanted, available))
    return found


def summed_demand(wanted: Iterable[tuple[UUID, int]]) -> dict[UUID, int]:
    """Pieces by variant, however many lines ask for the same one."""
    demand: dict[UUID, int] = {}
    for variant_id, quantity in wanted:
        demand[variant_id] = demand.get(variant_id, 0) + quantity
    return demand
