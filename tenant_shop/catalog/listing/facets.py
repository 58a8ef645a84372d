"""Which choices a list offers, and in which order."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tenant_shop.catalog.listing.conditions import BRAND, CATEGORY, OPTION, SEPARATOR, SPECIFICATION, TAG, entry
from tenant_shop.catalog.listing.counts import Counts
from tenant_shop.catalog.listing.filters import Filters
from tenant_shop.catalog.shelves import Shelf, Shelves

MAX_FACETS = 8
MAX_VALUES = 60
# Merchants steer lists by these tags; they say nothing to shoppers.
SILENT_TAGS = {"featured", "new", "sale"}
LETTER_SIZES = ("xxxs", "xxs", "xs", "s", "m", "l", "xl", "xxl", "2xl", "xxxl", "3xl", "4xl", "5xl", "6xl")


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """`count` products would be there if this were chosen too. `depth` is 1 below another category, else 0."""

    value: str
    label: str
    count: int
    is_chosen: bool
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """`kind` is category, brand, option, specification or tag; `name` is the option's or specification's."""

    kind: str
    name: str
    values: tuple[FacetValue, ...]

    @property
    def is_chosen(self) -> bool:
        return any(value.is_chosen for value in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetChoice:
    """What the merchant's setting `facets` says; None for what the catalogue itself suggests.

    `{"specifications": ["Material"], "options": ["Size"], "tags": ["linen"]}`; an empty list offers none.
    """

    specifications: tuple[str, ...] | None = None
    options: tuple[str, ...] | None = None
    tags: tuple[str, ...] | None = None


WHAT_TELLS = FacetChoice()


def parse_facet_choice(setting: Mapping[str, Any]) -> FacetChoice:
    """Read the setting; whatever is no list of words is as if it were not there."""

    def words(key: str) -> tuple[str, ...] | None:
        value = setting.get(key)
        return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list) else None

    return FacetChoice(specifications=words("specifications"), options=words("options"), tags=words("tags"))


def facets_of(
    scope: Counts,
    filtered: Counts,
    filters: Filters,
    *,
    chosen: FacetChoice,
    shelves: Shelves,
    below: UUID | None,
    slugs: Sequence[str] = (),
) -> tuple[Facet, ...]:
    """The facets of a list, most telling first; one that never leaves a choice is left out.

    Which options and specifications there are follows from the whole `scope`, so that they stay while a shopper
    narrows it. `below` is the category whose page the list is on, `slugs` are the chosen categories.
    """
    by_kind = _by_kind(scope, filtered)
    named = {
        "category": _categories(filtered, shelves, below, set(slugs)),
        "brand": _brands(scope, filtered, filters),
        "tag": _tags(by_kind[TAG], filters, chosen.tags),
    }
    facets = [Facet(kind="category", name="", values=named["category"])]
    for name in _offered(by_kind[OPTION], chosen.options, filters.options, _is_shared):
        rank = _option_order(scope, name)
        values = _values(by_kind[OPTION].get(name, {}), filters.options.get(name, ()), key=rank)
        facets.append(Facet(kind="option", name=name, values=values))
    facets.append(Facet(kind="brand", name="", values=named["brand"]))
    for name in _offered(by_kind[SPECIFICATION], chosen.specifications, filters.specifications, _is_telling):
        values = _values(by_kind[SPECIFICATION].get(name, {}), filters.specifications.get(name, ()), key=_by_size)
        facets.append(Facet(kind="specification", name=name, values=values))
    facets.append(Facet(kind="tag", name="", values=named["tag"]))
    return tuple(facet for facet in facets if facet.values and (facet.name or len(facet.values) > 1 or facet.is_chosen))


Tally = dict[str, tuple[int, int]]
"""For each value, how many products of the scope have it, and how many would be left."""


def _by_kind(scope: Counts, filtered: Counts) -> dict[str, dict[str, Tally]]:
    found: dict[str, dict[str, Tally]] = {TAG: {}, SPECIFICATION: {}, OPTION: {}}
    for word, number in scope.entries.items():
        kind, *names = word.split(SEPARATOR, 2)
        if kind in found:
            name, value = names if len(names) == 2 else ("", names[0])
            found[kind].setdefault(name, {})[value] = (number, filtered.entries.get(word, 0))
    return found


def _offered(
    found: Mapping[str, Tally], marked: Sequence[str] | None, chosen: Iterable[str], tells: Callable[[Tally], bool]
) -> list[str]:
    """The names the merchant marked, in that order, or else the telling ones, the widest first; and what is chosen."""
    if marked is None:
        names = sorted(
            (name for name, values in found.items() if tells(values)),
            key=lambda name: (-sum(number for number, _ in found[name].values()), name.casefold()),
        )[:MAX_FACETS]
    else:
        names = [name for name in marked if name in found]
    return names + [name for name in chosen if name not in names]


def _is_shared(values: Tally) -> bool:
    """At least two values, one of them on two products or more."""
    return 1 < len(values) < sum(number for number, _ in values.values())


def _is_telling(values: Tally) -> bool:
    """At least two values, and not almost one for each product: on average a value has 1.5 products or more."""
    return len(values) > 1 and 3 * len(values) <= 2 * sum(number for number, _ in values.values())


def _values(tally: Tally, chosen: Sequence[str], *, key: Callable[[str], Any]) -> tuple[FacetValue, ...]:
    """The values that would leave something, and the chosen ones, in the order of `key`."""
    offered = [value for value, (_, left) in tally.items() if left or value in chosen]
    offered = sorted(offered, key=lambda value: (value not in chosen, -tally[value][1], value))[:MAX_VALUES]
    offered += [value for value in chosen if value not in offered]
    return tuple(
        FacetValue(value=value, label=value, count=tally.get(value, (0, 0))[1], is_chosen=value in chosen)
        for value in sorted(offered, key=key)
    )


def _by_size(value: str) -> tuple[int, float, str]:
    """Letter sizes as everybody orders them, amounts by amount, words by the alphabet."""
    word = value.casefold()
    if word in LETTER_SIZES:
        return 0, LETTER_SIZES.index(word), word
    number = re.match(r"\d{1,12}(?:[.,]\d{1,6})?", word, re.ASCII)
    return (1, float(number[0].replace(",", ".")), word) if number else (2, 0, word)


def _option_order(scope: Counts, name: str) -> Callable[[str], Any]:
    """Sizes by size; other options as the merchant orders them on the products."""

    def order(value: str) -> tuple[int, float, str]:
        group, size, word = _by_size(value)
        return (group, size, word) if group < 2 else (2, scope.ranks.get(entry(OPTION, name, value), 99), word)

    return order


def _brands(scope: Counts, filtered: Counts, filters: Filters) -> tuple[FacetValue, ...]:
    found = [
        FacetValue(value=slug, label=name, count=count, is_chosen=slug in filters.brands)
        for brand_id, (slug, name) in scope.brands.items()
        if (count := filtered.entries.get(entry(BRAND, brand_id), 0)) or slug in filters.brands
    ]
    known = {value.value for value in found}
    found += [
        FacetValue(value=slug, label=slug, count=0, is_chosen=True) for slug in filters.brands if slug not in known
    ]
    kept = sorted(found, key=lambda value: (not value.is_chosen, -value.count))[:MAX_VALUES]
    return tuple(sorted(kept, key=lambda value: value.label.casefold()))


def _tags(found: Mapping[str, Tally], filters: Filters, marked: Sequence[str] | None) -> tuple[FacetValue, ...]:
    tally = found.get("", {})
    if marked is None:
        shown = {tag: numbers for tag, numbers in tally.items() if tag.casefold() not in SILENT_TAGS and numbers[0] > 1}
        return _values(shown, filters.tags, key=str.casefold)
    shown = {tag: tally[tag] for tag in marked if tag in tally}
    place = {tag: number for number, tag in enumerate(marked)}
    return _values(shown, filters.tags, key=lambda tag: place.get(tag, len(place)))


def _categories(filtered: Counts, shelves: Shelves, below: UUID | None, chosen: set[str]) -> tuple[FacetValue, ...]:
    """The shelves below the page's own, or the top ones; under a chosen one those below it."""

    def count(shelf: Shelf) -> int:
        return sum(filtered.entries.get(entry(CATEGORY, str(key)), 0) for key in shelves.branch(shelf.id))

    def value(shelf: Shelf, depth: int) -> FacetValue:
        return FacetValue(
            value=shelf.slug, label=shelf.name, count=count(shelf), is_chosen=shelf.slug in chosen, depth=depth
        )

    found: list[FacetValue] = []
    for shelf in shelves.children(below) if below else shelves.top:
        beneath = shelves.children(shelf.id)
        found.append(value(shelf, 0))
        if shelf.slug in chosen or any(child.slug in chosen for child in beneath):
            found += [value(child, 1) for child in beneath]
    known = {one.value for one in found}
    for slug in sorted(chosen - known):
        other = shelves.by_slug(slug)
        found.append(value(other, 0) if other else FacetValue(value=slug, label=slug, count=0, is_chosen=True))
    return tuple(one for one in found if one.count or one.is_chosen)
