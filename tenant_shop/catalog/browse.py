"""Lists of products: everything, a category, a brand, a search; narrowed by facets, sorted, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, F, Func, IntegerField, UUIDField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.listing.conditions import Condition, all_of, by_amounts, by_options, by_words, in_scope
from tenant_shop.catalog.listing.counts import Counts
from tenant_shop.catalog.listing.facets import WHAT_TELLS, Facet, FacetChoice, facets_of
from tenant_shop.catalog.listing.filters import NO_FILTERS, Filters, Scope
from tenant_shop.catalog.listing.kept import counts_of
from tenant_shop.catalog.listing.own import OwnListing, before
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.querysets import ProductQuerySet
from tenant_shop.catalog.search.find import search
from tenant_shop.catalog.search.matches import Matches
from tenant_shop.catalog.shelves import Shelves, read_shelves
from tenant_shop.catalog.summary import ProductSummary, summarise, with_summary_facts

PAGE_SIZE = 24
# A merchant puts a product forward by this tag.
FEATURED_TAG = "featured"


class Sort(StrEnum):
    """Orders of a list; RELEVANCE is for searches, and other lists take it for NEWEST.

    The newest are those published last; what has no such date counts from when it was entered.
    """

    RELEVANCE = "relevance"
    NEWEST = "newest"
    POPULARITY = "popularity"
    RATING = "rating"
    PRICE_UP = "price"
    PRICE_DOWN = "-price"
    NAME = "name"


ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.NEWEST: (Coalesce("listing__published_at", "listing__created_at").desc(), F("pk").desc()),
    Sort.POPULARITY: (F("listing__units_sold").desc(), F("pk").desc()),
    Sort.RATING: (
        F("listing__rating_average").desc(nulls_last=True),
        F("listing__review_count").desc(),
        F("pk").desc(),
    ),
    Sort.PRICE_UP: (F("listing__price_low").asc(), F("pk").asc()),
    Sort.PRICE_DOWN: (F("listing__price_low").desc(), F("pk").desc()),
    Sort.NAME: (F("listing__name").asc(), F("pk").asc()),
}
OWN_ORDERS: dict[Sort, str] = {
    Sort.NEWEST: "COALESCE(published_at, created_at) DESC, product_id DESC",
    Sort.POPULARITY: "units_sold DESC, product_id DESC",
    Sort.RATING: "rating_average DESC NULLS LAST, review_count DESC, product_id DESC",
    Sort.PRICE_UP: "price_low, product_id",
    Sort.PRICE_DOWN: "price_low DESC, product_id DESC",
    Sort.NAME: "name, product_id",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductList:
    """A page of a list, what could narrow it further, and another spelling of what was searched for.

    Unless `is_exact`, nothing has the words that were searched for: these are the products of the other spelling.
    A search that `is_capped` found only the newest of its products.
    """

    page: Page[ProductSummary]
    counts: Counts
    facets: tuple[Facet, ...]
    did_you_mean: str | None = None
    is_exact: bool = True
    is_capped: bool = False

    def __iter__(self) -> Iterator[ProductSummary]:
        return iter(self.page)


def product_list(
    *,
    shelves: Shelves | None = None,
    category: UUID | None = None,
    brand: UUID | None = None,
    text: str = "",
    filters: Filters = NO_FILTERS,
    category_slugs: Sequence[str] = (),
    facet_choice: FacetChoice = WHAT_TELLS,
    sort: Sort | None = None,
    page: str | int | None = 1,
    own: OwnListing | None = None,
) -> ProductList:
    """A page of 24 listed products: below a category, of a brand, matching `text`, or all of them.

    `category_slugs` are the chosen categories; one that is not there leaves nothing. A page that does not exist is the
    nearest one that does. Two statements, three when facets must be counted anew, one more with prices of one's `own`,
    and those of a search.
    """
    shelves = shelves or read_shelves()
    matches = search(text) if text else None
    scope = Scope(
        branch=frozenset(shelves.branch(category)) if category else None,
        brand=brand,
        found=matches.ids if matches else None,
    )
    if category_slugs:
        filters = replace(filters, categories=_branches(shelves, category_slugs))
    of_scope, counts = counts_of(scope, filters, own)
    numbered = Paginator(range(counts.total), PAGE_SIZE).get_page(page)
    start = (numbered.number - 1) * PAGE_SIZE
    rows: list[ProductSummary] = []
    if counts.total and own is not None:
        rows = _read_own(own, scope, filters, sort, start)
    elif counts.total:
        rows = _read(_sorted(_narrowed(scope, filters), sort, matches)[start : start + PAGE_SIZE])
    return ProductList(
        page=Page(rows, numbered.number, numbered.paginator),  # type: ignore[arg-type]
        counts=counts,
        facets=facets_of(
            of_scope, counts, filters, chosen=facet_choice, shelves=shelves, below=category, slugs=category_slugs
        ),
        did_you_mean=matches.did_you_mean if matches else None,
        is_exact=matches.is_exact if matches else True,
        is_capped=matches.is_capped if matches else False,
    )


def _sorted(listed: ProductQuerySet, sort: Sort | None, matches: Matches | None) -> ProductQuerySet:
    if sort is not None and sort is not Sort.RELEVANCE:
        return listed.order_by(*ORDERS[sort])
    if matches:
        return listed.order_by(_place_in(matches.ids))
    return listed.order_by(*ORDERS[Sort.NEWEST])


def _read_own(own: OwnListing, scope: Scope, filters: Filters, sort: Sort | None, start: int) -> list[ProductSummary]:
    """A page of the list at prices of one's own. Two statements."""
    conditions = [*in_scope(scope), *by_words(filters), *by_options(filters), *by_amounts(filters)]
    where, order = all_of(conditions), _own_order(sort, scope)
    page = Condition(
        f"SELECT product_id FROM product_listing WHERE {where.sql} ORDER BY {order.sql} LIMIT %s OFFSET %s",  # noqa: S608
        (*where.params, *order.params, PAGE_SIZE, start),
    )
    told = before(own, page)
    with shop_connection().cursor() as cursor:
        cursor.execute(told.sql, told.params)
        ids = [row[0] for row in cursor.fetchall()]
    products: ProductQuerySet = Product.objects.filter(pk__in=ids)
    return _read(products.order_by(_place_in(ids)))


def _own_order(sort: Sort | None, scope: Scope) -> Condition:
    """`ORDERS`, in SQL."""
    if sort is not None and sort is not Sort.RELEVANCE:
        return Condition(OWN_ORDERS[sort])
    if scope.found is not None:
        return Condition("array_position(%s::UUID[], product_id)", (list(scope.found),))
    return Condition(OWN_ORDERS[Sort.NEWEST])


def featured_products(limit: int) -> list[ProductSummary]:
    """The products that the merchant tagged `featured`, the newest first. One statement."""
    return _read(_narrowed(Scope(), Filters(tags=(FEATURED_TAG,))).order_by(*ORDERS[Sort.NEWEST])[:limit])


def newest_products(limit: int) -> list[ProductSummary]:
    """The newest listed products. One statement."""
    return _read(_narrowed(Scope(), NO_FILTERS).order_by(*ORDERS[Sort.NEWEST])[:limit])


def bestselling_products(limit: int) -> list[ProductSummary]:
    """The listed products of which most pieces were sold; none of which nothing was. One statement."""
    sold = _narrowed(Scope(), NO_FILTERS).filter(listing__units_sold__gt=0)
    return _read(sold.order_by(*ORDERS[Sort.POPULARITY])[:limit])


def _read(products: ProductQuerySet) -> list[ProductSummary]:
    return summarise(with_summary_facts(products))


def _narrowed(scope: Scope, filters: Filters) -> ProductQuerySet:
    condition = all_of([*in_scope(scope), *by_words(filters), *by_options(filters), *by_amounts(filters)])
    # Only our own words are in the SQL, what a shopper asked for is in the parameters.
    raw = RawSQL(condition.sql, condition.params, BooleanField())  # noqa: S611
    products: ProductQuerySet = Product.objects.filter(raw, listing__is_listed=True)  # which joins product_listing
    return products


def _branches(shelves: Shelves, slugs: Sequence[str]) -> tuple[UUID, ...]:
    """The ids of whole branches; one that no product can have when none of them is there."""
    chosen = [shelf for slug in slugs if (shelf := shelves.by_slug(slug))]
    return tuple(sorted(set().union(*(shelves.branch(shelf.id) for shelf in chosen)))) or (UUID(int=0),)


def _place_in(ids: Sequence[UUID]) -> Func:
    return Func(
        Value(list(ids), ArrayField(UUIDField())), F("pk"), function="array_position", output_field=IntegerField()
    )
