"""What a product's page says of its stock.

A number is said only at or under the product's threshold: an exact stock on every page would tell competitors, and
every sale would change the page.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller import formats
from tenant_shop.catalog.summary import VariantFacts


def shown_limit(variant: VariantFacts | None, threshold: int) -> int | None:
    """How many pieces are left, where the page says so; None where it does not."""
    left = variant.available if variant else None
    return left if left is not None and 0 < left <= threshold else None


def stock_words(variant: VariantFacts | None, *, threshold: int, is_catalog_only: bool) -> dict[str, Any]:
    """`kind` (not_sold, sold_out, backorder, low, in_stock) and `text`."""
    if is_catalog_only:
        return {
            "kind": "not_sold",
            "text": _("Shown for information; this product cannot be ordered online."),
        }
    if variant is None or not variant.is_available:
        return {"kind": "sold_out", "text": _("Sold out at the moment")}
    if variant.is_backorder:
        return {"kind": "backorder", "text": _("On backorder: order now, we send it as soon as it arrives")}
    left = shown_limit(variant, threshold)
    if left is not None:
        text = ngettext("Only %(number)s left", "Only %(number)s left", left) % {"number": formats.number(left)}
        return {"kind": "low", "text": text}
    return {"kind": "in_stock", "text": _("In stock")}
