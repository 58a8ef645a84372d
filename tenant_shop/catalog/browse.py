"""Lists of products: everything, a category, a search; sorted, filtered, page by page."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.paginator import Page, Paginator
from django.db.models import F, Func, IntegerField, Min, OuterRef, Subquery, UUIDField, Value
from django.db.models.functions import Coalesce

from tenant_shop.catalog.models import Product
from tenant_shop.catalog.querysets import ProductQuerySet
from tenant_shop.catalog.search.find import search
from tenant_shop.catalog.summary import ProductSummary, summarise, with_summary_facts
from tenant_shop.catalog.variants import ProductVariant

PAGE_SIZE = 24
# A merchant puts a product forward by this tag.
FEATURED_TAG = "featured"


class Sort(StrEnum):
    """Orders of a list; RELEVANCE is for searches."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_UP = "price"
    PRICE_DOWN = "-price"
    NAME = "name"


def product_list(
    *,
    branch: Collection[UUID] | None = None,
    text: str = "",
    sort: Sort | None = None,
    in_stock: bool = False,
    page: str | int | None = 1,
) -> Page[ProductSummary]:
    """A page of 24 listed products: of the categories in `branch`, matching `text`, or all of them.

    A page that does not exist is the nearest one that does. Two statements, three with `text`.
    """
    products: ProductQuerySet = Product.objects.listed()
    if in_stock:
        products = products.buyable()
    if branch is not None:
        products = products.filter(category__in=branch)
    if text:
        matches = search(text)
        products = products.filter(pk__in=matches.ids)
    if text and sort in (None, Sort.RELEVANCE):
        products = products.order_by(_place_in(matches.ids))
    else:
        products = _sorted(products, sort)
    found = Paginator(with_summary_facts(products), PAGE_SIZE).get_page(page)
    return Page(summarise(found.object_list), found.number, found.paginator)  # type: ignore[arg-type]


def featured_products(limit: int) -> list[ProductSummary]:
    """The products that the merchant tagged `featured`, the newest first. One statement."""
    products = Product.objects.listed().filter(tags__contains=[FEATURED_TAG]).order_by("-created_at", "-pk")
    return summarise(with_summary_facts(products)[:limit])


def newest_products(limit: int) -> list[ProductSummary]:
    """The newest listed products. One statement."""
    return summarise(with_summary_facts(_sorted(Product.objects.listed(), Sort.NEWEST))[:limit])


def _place_in(ids: Sequence[UUID]) -> Func:
    return Func(
        Value(list(ids), ArrayField(UUIDField())), F("pk"), function="array_position", output_field=IntegerField()
    )


def _sorted(products: ProductQuerySet, sort: Sort | None) -> ProductQuerySet:
    match sort:
        case Sort.PRICE_UP:
            return _with_lowest_price(products).order_by(F("lowest").asc(), "name", "pk")
        case Sort.PRICE_DOWN:
            return _with_lowest_price(products).order_by(F("lowest").desc(), "name", "pk")
        case Sort.NAME:
            return products.order_by("name", "pk")
        case _:
            return products.order_by("-created_at", "-pk")


def _with_lowest_price(products: ProductQuerySet) -> ProductQuerySet:
    """`lowest` is what the list shows: the cheapest variant on sale."""
    own = (
        ProductVariant.objects.filter(product=OuterRef("pk"), is_active=True)
        .order_by()
        .values("product")
        .values(lowest=Min(Coalesce("price", OuterRef("price"))))
    )
    return products.alias(lowest=Coalesce(Subquery(own), F("price")))
