"""A product as wholesalers order it: a line for each variant, with SKU, pack, stock, price and a field for how many."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import number
from tenant_shop.carts.lines import MAX_QUANTITY
from tenant_shop.catalog.summary import ProductSummary, VariantFacts
from tenant_shop.storefront.breaks import breaks_text
from tenant_shop.storefront.locale import Money
from tenant_shop.storefront.picker import variant_url

# Lists show so many variants of a product, and the way to the others.
SHOWN_VARIANTS = 6
# The name of a line's field in a form is this and the variant's id.
QUANTITY_FIELD = "quantity_"


def order_context(product: ProductSummary, money: Money, *, most: int | None = SHOWN_VARIANTS) -> dict[str, Any]:
    """`lines` of at most `most` variants and how many there are in `count`; `is_single` when there is no choice."""
    variants = product.variants[:most]
    return {
        "lines": [_line(product, variant, money) for variant in variants],
        "count": len(product.variants),
        "left_out": len(product.variants) - len(variants),
        "is_single": len(product.variants) == 1,
        "sku": product.sku,
        "pack": product.pack_size,
    }


def _line(product: ProductSummary, variant: VariantFacts, money: Money) -> dict[str, Any]:
    kind, text = _stock(product, variant)
    return {
        "id": variant.id,
        "field": f"{QUANTITY_FIELD}{variant.id.hex}",
        "sku": variant.sku,
        "label": variant.label,
        "stock": {"kind": kind, "text": text},
        "price": money(variant.price),
        "compare_at": money(variant.compare_at) if variant.compare_at is not None else None,
        "each": _each(variant.price, product.pieces, money),
        "own_price": variant.is_own_price,
        "breaks": breaks_text(variant, money),
        "quantity_note": variant.allowed.sentence,
        "step": variant.allowed.multiple,
        "available": variant.is_available,
        "await_url": _await_url(product, variant),
        "max_quantity": variant.available if kind == "low" else MAX_QUANTITY,
    }


def _await_url(product: ProductSummary, variant: VariantFacts) -> str:
    """Where to ask to be told that a sold-out variant is back."""
    if variant.is_available or product.is_catalog_only:
        return ""
    path = reverse("storefront:product", args=[product.slug])
    return f"{variant_url(path, variant, product.variants)}#notify"


def _each(price: Decimal, pieces: int | None, money: Money) -> str:
    """The price of one of what a pack holds: a piece, a pair, a set."""
    return _("%(price)s each") % {"price": money(price / pieces)} if pieces else ""


def _stock(product: ProductSummary, variant: VariantFacts) -> tuple[str, str]:
    """`out`, `backorder`, `low` or `in`, and the words.

    The exact number is told at or below the product's threshold only.
    """
    if product.is_catalog_only:
        return "out", _("Not sold online")
    if not variant.is_available:
        return "out", _("Sold out")
    if variant.is_backorder:
        return "backorder", _("On backorder")
    left = variant.available
    if left is not None and left <= product.low_stock_threshold:
        return "low", ngettext("Only %(number)s left", "Only %(number)s left", left) % {"number": number(left)}
    return "in", _("In stock")
