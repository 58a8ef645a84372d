"""A list's facets in the words of its template."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any
from zlib import crc32

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from smartseller import formats
from tenant_shop.catalog.browse import ProductList, Sort
from tenant_shop.catalog.listing.facets import Facet, FacetValue
from tenant_shop.storefront.list_query import FLAGS, OPTION, SPECIFICATION, ListQuery, own_sort
from tenant_shop.storefront.locale import Money

# Longer lists are cut here; the rest opens.
SHOWN_VALUES = 7
# So many facets stand open; the others wait for a click, unless something is chosen in them.
OPEN_FACETS = 5

SORT_LABELS = {
    Sort.RELEVANCE: gettext_lazy("Best match"),
    Sort.NEWEST: gettext_lazy("Newest"),
    Sort.POPULARITY: gettext_lazy("Most popular"),
    Sort.RATING: gettext_lazy("Best rated"),
    Sort.PRICE_UP: gettext_lazy("Price, low to high"),
    Sort.PRICE_DOWN: gettext_lazy("Price, high to low"),
    Sort.NAME: gettext_lazy("Name"),
}
FLAG_LABELS = {
    "available": gettext_lazy("In stock"),
    "sale": gettext_lazy("On sale"),
    "new": gettext_lazy("New arrivals"),
}
KIND_LABELS = {
    "category": gettext_lazy("Category"),
    "brand": gettext_lazy("Brand"),
    "tag": gettext_lazy("Tag"),
}
PREFIXES = {"specification": SPECIFICATION, "option": OPTION}
# What a specification that is true or false is called in a listing; a product's page says the same words.
BOOLEAN_LABELS = {"true": gettext_lazy("Yes"), "false": gettext_lazy("No")}


def list_context(
    found: ProductList, query: ListQuery, *, path: str, money: Money, unread: Mapping[str, str]
) -> dict[str, Any]:
    """`facets`, `flags`, `price`, `stars`, `chips` and the orders of a list at `path`; `unread` is what was typed for a
    price and is none."""
    facets = [_facet(facet, place) for place, facet in enumerate(found.facets)]
    sort = query.sort or own_sort(query.text)
    return {
        "path": path,
        "q": query.text,
        "facets": facets,
        "flags": _flags(found, query),
        "price": _price(found, query, unread),
        "stars": _stars(found, query),
        "rating_chosen": query.filters.rating is not None,
        "chips": [
            {"label": label, "own": own, "rest": rest, "url": query.without(name, value).address(path)}
            for (label, own, rest), name, value in _chosen(found.facets, query, money)
        ],
        "clear_url": ListQuery(text=query.text, sort=query.sort).address(path),
        "sort": sort,
        "sort_options": [
            {"value": option, "label": SORT_LABELS[option]}
            for option in Sort
            if query.text or option is not Sort.RELEVANCE
        ],
    }


def _facet(facet: Facet, place: int) -> dict[str, Any]:
    name = PREFIXES[facet.kind] + facet.name if facet.kind in PREFIXES else facet.kind
    values = [_value(facet, name, value) for value in facet.values]
    return {
        "name": name,
        "label": facet.name or KIND_LABELS[facet.kind],
        "is_own": bool(facet.name),
        "values": values[:SHOWN_VALUES],
        "more": values[SHOWN_VALUES:],
        "more_open": any(value["chosen"] for value in values[SHOWN_VALUES:]),
        "open": place < OPEN_FACETS or facet.is_chosen,
    }


def _value(facet: Facet, name: str, value: FacetValue) -> dict[str, Any]:
    boolean = _boolean_label(facet, value)
    return {
        # Stable, so that the focus finds its way back after the list was swapped.
        "id": f"f{crc32(f'{name}={value.value}'.encode()):x}",
        "value": value.value,
        "label": boolean or value.label,
        "is_own": not boolean,
        "count": _number(value.count),
        "count_text": _products(value.count),
        "chosen": value.is_chosen,
        "below": value.depth > 0,
    }


def _boolean_label(facet: Facet, value: FacetValue) -> str:
    return str(BOOLEAN_LABELS.get(value.value, "")) if facet.kind == "specification" else ""


def _flags(found: ProductList, query: ListQuery) -> list[dict[str, Any]]:
    flags = [
        {
            "name": name,
            "label": FLAG_LABELS[name],
            "count": _number(found.counts.flags.get(name, 0)),
            "count_text": _products(found.counts.flags.get(name, 0)),
            "chosen": getattr(query.filters, name),
        }
        for name in FLAGS
    ]
    return [flag for flag in flags if flag["chosen"] or flag["count"] != "0"]


def _price(found: ProductList, query: ListQuery, unread: Mapping[str, str]) -> dict[str, Any] | None:
    low, high = found.counts.price_low, found.counts.price_high
    chosen = (query.filters.price_from, query.filters.price_to)
    if (low is None or low == high) and chosen == (None, None) and not unread:
        return None
    return {
        "from": unread.get("price_from") or ("" if chosen[0] is None else formats.plain_number(chosen[0])),
        "to": unread.get("price_to") or ("" if chosen[1] is None else formats.plain_number(chosen[1])),
        "problem_from": _no_price(unread.get("price_from", "")),
        "problem_to": _no_price(unread.get("price_to", "")),
        "low": "" if low is None else str(low.to_integral_value(ROUND_FLOOR)),
        "high": "" if high is None else str(high.to_integral_value(ROUND_CEILING)),
    }


def _no_price(typed: str) -> str:
    return _("“%(text)s” is not a price. Write it in digits, such as 12.50.") % {"text": typed} if typed else ""


def _stars(found: ProductList, query: ListQuery) -> list[dict[str, Any]]:
    """From the best down; none where nothing is rated."""
    chosen = query.filters.rating
    return [
        {
            "value": stars,
            "label": _stars_label(stars),
            "count": _number(count),
            "count_text": _products(count),
            "chosen": stars == chosen,
        }
        for stars, count in sorted(found.counts.stars.items(), reverse=True)
        if count or stars == chosen
    ]


def _stars_label(stars: int) -> str:
    return ngettext("%(stars)s star or more", "%(stars)s stars or more", stars) % {"stars": stars}


Words = tuple[str, str, str]
"""A label in three parts: the page's words, those of the shop's own language, and the page's again."""


def _chosen(facets: Iterable[Facet], query: ListQuery, money: Money) -> list[tuple[Words, str, str]]:
    """(label, parameter, value) of what was chosen, in the order of the page."""
    found: list[tuple[Words, str, str]] = []
    for facet in facets:
        name = PREFIXES[facet.kind] + facet.name if facet.kind in PREFIXES else facet.kind
        heading = "" if facet.name else f"{KIND_LABELS[facet.kind]}: "
        named = f"{facet.name}: " if facet.name else ""
        for value in facet.values:
            if value.is_chosen:
                boolean = _boolean_label(facet, value)
                found.append(((heading, named if boolean else named + value.label, boolean), name, value.value))
    filters = query.filters
    if filters.price_from is not None or filters.price_to is not None:
        found.append(((_price_label(filters.price_from, filters.price_to, money), "", ""), "price", ""))
    if filters.rating is not None:
        found.append(((_stars_label(filters.rating), "", ""), "rating", ""))
    found += [((str(FLAG_LABELS[name]), "", ""), name, "") for name in FLAGS if getattr(filters, name)]
    return found


def _price_label(low: Decimal | None, high: Decimal | None, money: Money) -> str:
    if high is None:
        return _("From %(low)s") % {"low": money(low or Decimal(0))}
    if low is None:
        return _("Up to %(high)s") % {"high": money(high)}
    return _("%(low)s to %(high)s") % {"low": money(low), "high": money(high)}


def _products(count: int) -> str:
    """How many there are, for those who are read to: a number alone says nothing."""
    return ngettext("%(number)s product", "%(number)s products", count) % {"number": _number(count)}


def _number(count: int) -> str:
    return str(count) if count < 1000 else formats.number(count)
