"""What a list is about, and what narrows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType
from uuid import UUID

Chosen = tuple[str, ...]
NOTHING: Mapping[str, Chosen] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a list is about before anything is chosen: a branch of the categories, a brand, found products; or all."""

    branch: frozenset[UUID] | None = None
    brand: UUID | None = None
    found: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a shopper chose. Values of one facet are alternatives, facets must all hold.

    `brands` are slugs, `categories` the ids of whole branches. `rating` is the least average, 1 to 4. Options of
    different names, and a price between `price_from` and `price_to` in the shop's currency, must meet in one variant
    that is in stock. Without options, products of which nothing is in stock are found by the prices they show.
    `available` leaves out what is only ordered from the maker.
    """

    brands: Chosen = ()
    categories: tuple[UUID, ...] = ()
    tags: Chosen = ()
    specifications: Mapping[str, Chosen] = field(default_factory=lambda: NOTHING)
    options: Mapping[str, Chosen] = field(default_factory=lambda: NOTHING)
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    rating: int | None = None
    available: bool = False
    sale: bool = False
    new: bool = False

    def __bool__(self) -> bool:
        return self != NO_FILTERS

    @property
    def has_price(self) -> bool:
        return self.price_from is not None or self.price_to is not None

    def within(self, categories: tuple[UUID, ...]) -> "Filters":
        """The same, in these categories."""
        return replace(self, categories=categories)


NO_FILTERS = Filters()
