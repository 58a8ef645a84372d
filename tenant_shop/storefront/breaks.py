"""What more pieces cost, in words."""

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from smartseller.formats import number
from tenant_shop.catalog.summary import VariantFacts
from tenant_shop.storefront.locale import Money


def breaks_context(variant: VariantFacts, money: Money) -> list[dict[str, Any]]:
    """The rows of a table: from how many pieces on (and up to how many), and what each costs then."""
    if not variant.breaks:
        return []
    rows = [
        {"pieces": _span(one.min_quantity, other.min_quantity - 1), "price": money(one.unit_price)}
        for one, other in pairwise(variant.breaks)
    ]
    last = variant.breaks[-1]
    return [*rows, {"pieces": f"{number(last.min_quantity)}+", "price": money(last.unit_price)}]


def _span(first: int, last: int) -> str:
    return number(first) if first == last else f"{number(first)}\N{EN DASH}{number(last)}"


def breaks_text(variant: VariantFacts, money: Money) -> str:
    """What more pieces cost, short enough for a line of a list."""
    return ", ".join(
        _("%(price)s from %(number)s") % {"price": money(each.unit_price), "number": number(each.min_quantity)}
        for each in variant.breaks[1:]
    )
