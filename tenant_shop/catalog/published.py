"""Everything that may be found from outside, for sitemaps and feeds; read in bounded pieces."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Max, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.summary import picture_of
from tenant_shop.catalog.tree import filled, has_products, shown_parents
from tenant_shop.catalog.variants import ProductVariant

PIECE = 500
PICTURES_OF_ONE = 10


@dataclass(frozen=True, slots=True)
class Amount:
    """How many of a kind there are, and when one of them changed last; never when there are none."""

    count: int
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Published:
    """A thing with a page of its own; `pictures` are URLs as stored."""

    slug: str
    changed_at: datetime | None
    pictures: tuple[str, ...] = ()


def published_products() -> Amount:
    """The listed products. One statement."""
    return _amount(Product.objects.listed())


def published_categories() -> list[Published]:
    """The categories that shoppers meet and in which there is something, by key. One statement."""
    rows = Category.objects.filter(is_active=True).order_by("pk").annotate(filled=has_products())
    found = list(rows.values_list("pk", "parent_id", "slug", "updated_at", "filled"))
    shown = shown_parents({key: parent for key, parent, *_ in found})
    kept = filled(shown, [key for key, *_, has_some in found if has_some and key in shown])
    return [Published(slug, changed) for key, _, slug, changed, _ in found if key in kept]


def published_brands() -> list[Published]:
    """The active brands that have a listed product, by key. One statement."""
    products = Product.objects.listed().filter(brand=OuterRef("pk"))
    rows = Brand.objects.filter(Exists(products), is_active=True).order_by("pk")
    return [Published(slug, changed) for slug, changed in rows.values_list("slug", "updated_at")]


def product_pages(*, start: int, limit: int) -> Iterator[list[Published]]:
    """`limit` listed products by key, from place `start` (0 is the first), in pieces. A statement for each piece."""
    pictures = ProductImage.objects.filter(product=OuterRef("pk")).order_by("-is_primary", "sort_order", "id")
    rows = (
        Product.objects.listed()
        .order_by("pk")
        .annotate(pictures=ArraySubquery(pictures.values("url")[:PICTURES_OF_ONE]))
        .values_list("pk", "slug", "updated_at", "pictures")
    )
    last: UUID | None = None
    while limit > 0:
        here = (
            rows[start : start + min(PIECE, limit)] if last is None else rows.filter(pk__gt=last)[: min(PIECE, limit)]
        )
        found = list(here)
        if not found:
            return
        yield [
            Published(slug, changed, tuple(url for url in urls if picture_of({"url": url}, "")))
            for _, slug, changed, urls in found
        ]
        last, limit = found[-1][0], limit - len(found)


def goods_for_sale() -> Iterator[list[Product]]:
    """The visible products of which something can be bought now, by key, in pieces; a statement for each.

    Each carries `brand_name`, `pictures` (URLs as stored) and `own` ({id, weight, url} of the variants that have a
    weight or a picture of their own).
    """
    pictures = ProductImage.objects.filter(product=OuterRef("pk")).order_by("-is_primary", "sort_order", "id")
    own = ProductVariant.objects.filter(product=OuterRef("pk")).exclude(image=None, weight=None).order_by()
    rows: QuerySet[Product] = (
        Product.objects.buyable()
        .annotate(
            brand_name=F("brand__name"),
            pictures=ArraySubquery(pictures.values("url")[:PICTURES_OF_ONE]),
            own=ArraySubquery(own.values(found=JSONObject(id="id", weight="weight", url="image__url"))),
        )
        .defer("features", "specifications", "meta_description", "metadata")
        .order_by("pk")
    )
    last: UUID | None = None
    while True:
        found = list((rows.filter(pk__gt=last) if last else rows)[:PIECE])
        if not found:
            return
        yield found
        last = found[-1].pk


def _amount(rows: "QuerySet[Product]") -> Amount:
    found = rows.order_by().aggregate(count=Count("pk"), changed=Max("updated_at"))
    return Amount(found["count"], found["changed"])
