"""A list's address: what its query asks for, and the one way to write that down.

    ?q=…&category=…&brand=nordhem&brand=…&price=10-50&rating=4&available=1&sale=1&new=1&tag=…
     &spec.Material=linen&opt.Size=M&sort=price&page=2

Whatever is unknown, malformed or too much is as if it were not there. Two addresses that ask for the same have one
canonical form: names in this order, values sorted, nothing twice, no default.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlencode

from django.http import QueryDict

from tenant_shop.catalog.browse import Sort
from tenant_shop.catalog.listing.conditions import SEPARATOR
from tenant_shop.catalog.listing.filters import NO_FILTERS, Chosen, Filters
from tenant_shop.catalog.search.find import tidy_query

MAX_VALUES = 20
MAX_NAMES = 8
MAX_LENGTH = 80
SPECIFICATION, OPTION = "spec.", "opt."
# What the form sends; its address is written as one price.
FORM_PRICES = ("price_from", "price_to")
FLAGS = ("available", "sale", "new")

_AMOUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """`categories` are slugs; `filters` says the rest. `sort` is None for the list's own order, `page` empty for the
    first."""

    text: str = ""
    categories: Chosen = ()
    filters: Filters = NO_FILTERS
    sort: Sort | None = None
    page: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.categories or self.filters)

    def pairs(self) -> list[tuple[str, str]]:
        """The canonical query."""
        chosen = self.filters
        pairs = [("q", self.text)] if self.text else []
        pairs += [("category", slug) for slug in self.categories]
        pairs += [("brand", slug) for slug in chosen.brands]
        if chosen.price_from is not None or chosen.price_to is not None:
            pairs.append(("price", f"{_plain(chosen.price_from)}-{_plain(chosen.price_to)}"))
        if chosen.rating is not None:
            pairs.append(("rating", str(chosen.rating)))
        pairs += [(name, "1") for name in FLAGS if getattr(chosen, name)]
        pairs += [("tag", tag) for tag in chosen.tags]
        for prefix, named in ((SPECIFICATION, chosen.specifications), (OPTION, chosen.options)):
            pairs += [(prefix + name, value) for name, values in sorted(named.items()) for value in values]
        if self.sort is not None:
            pairs.append(("sort", str(self.sort)))
        if self.page:
            pairs.append(("page", self.page))
        return pairs

    def address(self, path: str) -> str:
        query = urlencode(self.pairs())
        return f"{path}?{query}" if query else path

    def without(self, name: str, value: str = "") -> "ListQuery":
        """The same list, with one choice taken back, from its first page."""
        kept = ListQuery.read(QueryDict(urlencode([pair for pair in self.pairs() if not _is(pair, name, value)])))
        return replace(kept, page="")

    def on_page(self, number: int) -> "ListQuery":
        return replace(self, page=_page(str(number)))

    @classmethod
    def read(cls, query: QueryDict) -> "ListQuery":
        text = tidy_query(query.get("q", ""))
        offered = {str(sort): sort for sort in Sort if text or sort is not Sort.RELEVANCE}
        sort = offered.get(query.get("sort", ""))
        low, high = _prices(query)
        return cls(
            text=text,
            categories=_values(query.getlist("category")),
            filters=Filters(
                brands=_values(query.getlist("brand")),
                tags=_values(query.getlist("tag")),
                specifications=_named(query, SPECIFICATION),
                options=_named(query, OPTION),
                price_from=low,
                price_to=high,
                rating=next((int(stars) for stars in query.getlist("rating") if stars in ("1", "2", "3", "4")), None),
                available=query.get("available") == "1",
                sale=query.get("sale") == "1",
                new=query.get("new") == "1",
            ),
            sort=None if sort == own_sort(text) else sort,
            page=_page(query.get("page", "")),
        )


def unread_prices(query: QueryDict) -> dict[str, str]:
    """What somebody typed for a price that is none, by the name of the form's field."""
    typed = {name: tidy_query(query.get(name, "")) for name in FORM_PRICES}
    return {name: text for name, text in typed.items() if text and _amount(text) is None}


def own_sort(text: str) -> Sort:
    """The order of a list that nobody sorted."""
    return Sort.RELEVANCE if text else Sort.NEWEST


def _page(text: str) -> str:
    """A number above 1, or nothing; more digits than any list has pages are cut."""
    number = int(text[:9]) if text.isascii() and text.isdigit() else 1
    return str(number) if number > 1 else ""


def _is(pair: tuple[str, str], name: str, value: str) -> bool:
    return pair[0] == name and (not value or pair[1] == value)


def _values(asked: Iterable[str]) -> Chosen:
    """Words of a sensible length, each once, in order; not more than anybody would choose."""
    words = {word for value in asked if _may_name(word := value.strip(" "))}
    return tuple(sorted(words)[:MAX_VALUES])


def _may_name(word: str) -> bool:
    """Whether something in the shop may be called so: what merchants write is not always printable to Python, which
    counts the space that does not break, and what joins letters, among the rest."""
    return bool(word.strip()) and len(word) <= MAX_LENGTH and "\x00" not in word and SEPARATOR not in word


def _named(query: QueryDict, prefix: str) -> Mapping[str, Chosen]:
    found: dict[str, Chosen] = {}
    for key in sorted(key for key in query if key.startswith(prefix)):
        name = key.removeprefix(prefix).strip(" ")
        values = _values(query.getlist(key))
        if _may_name(name) and values and len(found) < MAX_NAMES:
            found[name] = values
    return found


def _prices(query: QueryDict) -> tuple[Decimal | None, Decimal | None]:
    """From `price=10-50` or the form's two fields; a range that is upside down is turned round."""
    low, dash, high = query.get("price", "").partition("-")
    if not dash:
        low, high = (query.get(name, "").strip() for name in FORM_PRICES)
    bounds = (_amount(low), _amount(high))
    if None not in bounds and bounds[0] > bounds[1]:  # type: ignore[operator]
        return bounds[1], bounds[0]
    return bounds


def _amount(text: str) -> Decimal | None:
    return Decimal(text.replace(",", ".")) if _AMOUNT.fullmatch(text) else None


def _plain(amount: Decimal | None) -> str:
    """10.50 as "10.5", 10.00 as "10"."""
    return "" if amount is None else f"{amount.normalize():f}"
