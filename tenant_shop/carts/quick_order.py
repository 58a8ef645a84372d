"""Ordering by a list of SKUs: reading what was typed or pasted, and finding what it means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import number
from tenant_shop.carts.lines import MAX_LINES, MAX_QUANTITY
from tenant_shop.catalog.variants import ProductVariant

# A line of a list is this long at most; what is longer is no order.
LONGEST_LINE = 200
LONGEST_LIST = 60_000
# So many SKUs are named where a product must be chosen further.
NAMED_VARIANTS = 6

# Between a SKU and its quantity stands one of these, else white space: a SKU itself may have spaces.
_SEPARATOR = re.compile(r"[\t;,=|]")
# With a space beside the sign, which may be a letter of a SKU.
_TIMES_FIRST = re.compile(r"(\d{1,9})\s*[x×*]\s+(\S.*)", re.IGNORECASE)  # noqa: RUF001
_TIMES_LAST = re.compile(r"(.*\S)\s+[x×*]\s*(\d{1,9})", re.IGNORECASE)  # noqa: RUF001
_HEADINGS = {"sku", "article", "item", "artikel", "artikelnummer", "référence", "reference"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLine:
    """A line as it was written, the SKU and the quantity in it; `problem` is a sentence when it cannot be read."""

    text: str
    sku: str = ""
    quantity: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLine:
    """An asked line with what it means, or with the reason why it means nothing."""

    asked: AskedLine
    variant: ProductVariant | None = None
    problem: str = ""


def read_list(text: str) -> list[AskedLine]:
    """The lines of a typed or pasted list, at most 200; empty lines and a heading are passed over.

    Understood are `SKU 12`, `SKU;12`, `SKU,12`, `SKU<tab>12`, `12 x SKU`, `SKU x 12`, with or without quotation marks.
    Further columns are ignored.
    """
    rows = [row.strip() for row in text[:LONGEST_LIST].replace("\x00", "").splitlines()]
    rows = [row for row in rows if row]
    if rows and _cells(rows[0])[0].lower() in _HEADINGS:
        rows = rows[1:]
    return [_read(row) for row in rows[:MAX_LINES]]


def find_lines(asked: Sequence[AskedLine]) -> list[FoundLine]:
    """What the readable lines mean, in their order. At most two statements."""
    skus = {spelling for line in asked if not line.problem for spelling in (line.sku, line.sku.upper())}
    rows = list(ProductVariant.objects.for_sale().select_related("product").filter(sku__in=skus)) if skus else []
    variants = {row.sku: row for row in rows}
    unknown = skus - variants.keys()
    families = _families(unknown) if unknown else {}
    return [_found(line, variants, families) for line in asked]


def demand_of(found: Sequence[FoundLine]) -> list[tuple[UUID, int]]:
    """The variants that are wanted and how many of each, line by line."""
    return [(line.variant.pk, line.asked.quantity) for line in found if line.variant is not None]


def _read(row: str) -> AskedLine:
    if len(row) > LONGEST_LINE:
        return AskedLine(text=row[:LONGEST_LINE], problem=_("This line is too long for a SKU and a quantity."))
    sku, quantity = _cells(row)
    if not sku:
        return AskedLine(text=row, problem=_("There is no SKU in this line."))
    if not quantity:
        return AskedLine(text=row, sku=sku, problem=_("How many? Write the quantity behind the SKU."))
    if not (quantity.isascii() and quantity.isdigit()) or not 1 <= int(quantity[:9]) <= MAX_QUANTITY:
        problem = _("“%(quantity)s” is no quantity from 1 to %(limit)s.")
        return AskedLine(
            text=row, sku=sku, problem=problem % {"quantity": quantity[:20], "limit": number(MAX_QUANTITY)}
        )
    return AskedLine(text=row, sku=sku, quantity=int(quantity))


def _cells(row: str) -> tuple[str, str]:
    """The SKU and the quantity of a line, as they stand there; empty where there is none."""
    plain = row.replace('"', "").strip()
    if times := _TIMES_FIRST.fullmatch(plain):
        return times[2], times[1]
    if times := _TIMES_LAST.fullmatch(plain):
        return times[1], times[2]
    if _SEPARATOR.search(plain):
        sku, quantity, *_others = (cell.strip() for cell in _SEPARATOR.split(plain))
        return sku, quantity
    words = plain.rsplit(maxsplit=1)
    return (words[0], words[1]) if len(words) == 2 else (plain, "")


def _families(skus: set[str]) -> dict[str, list[str]]:
    """The SKUs of the variants on sale, by the SKU of their product."""
    rows = ProductVariant.objects.for_sale().filter(product__sku__in=skus).order_by("position", "sku")
    families: dict[str, list[str]] = {}
    for product_sku, sku in rows.values_list("product__sku", "sku"):
        families.setdefault(product_sku, []).append(sku)
    return families


def _found(line: AskedLine, variants: Mapping[str, ProductVariant], families: Mapping[str, Sequence[str]]) -> FoundLine:
    if line.problem:
        return FoundLine(asked=line, problem=line.problem)
    for sku in (line.sku, line.sku.upper()):
        if sku in variants:
            return FoundLine(asked=line, variant=variants[sku])
        if sku in families:
            return FoundLine(asked=line, problem=_choose(families[sku]))
    return FoundLine(asked=line, problem=_("There is no article with the SKU “%(sku)s”.") % {"sku": line.sku})


def _choose(skus: Sequence[str]) -> str:
    sentence = ngettext(
        "This article comes in %(number)s variant. Please give its SKU: %(skus)s.",
        "This article comes in %(number)s variants. Please give the SKU of one: %(skus)s.",
        len(skus),
    )
    named = ", ".join(skus[:NAMED_VARIANTS]) + (" …" if len(skus) > NAMED_VARIANTS else "")
    return sentence % {"number": number(len(skus)), "skus": named}
