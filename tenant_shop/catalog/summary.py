"""A product in a few facts, as lists show it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, JSONObject

from tenant_shop.catalog.listing.conditions import new_between
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.packs import PACK_SIZE, pieces_in
from tenant_shop.catalog.querysets import ProductQuerySet
from tenant_shop.pricing.choose import Break
from tenant_shop.pricing.quantities import ANY_NUMBER, Allowed

# Where the specifications are a list of names and values, so that they keep their order.
LISTED_PACK_SIZE = Func(
    Func(
        "specifications",
        Value(f'$[*] ? (@.name == "{PACK_SIZE}").value'),
        function="jsonb_path_query_first",
        template="%(function)s(%(expressions)s::jsonpath)",
    ),
    Value("{}"),
    function="",
    template="%(expressions)s",
    arg_joiner=" #>> ",
    output_field=TextField(),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A reference to a picture; the size is in pixels where it is known.

    `renditions` is what `catalog/pictures/sources.py` reads; None where there is but the picture itself. `variants`,
    known on the product's own page only, are those that look like this.
    """

    url: str
    alt: str
    width: int | None = None
    height: int | None = None
    renditions: Mapping[str, Any] | None = None
    variants: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantFacts:
    """A variant on sale, as the product's row shows it. Prices are unrounded, in the shop's currency.

    `available` is how many pieces can be bought now, None for any number, and `allowed` in which numbers;
    `is_backorder` says that they are ordered from the maker, because none is left here. `breaks` say what more pieces
    cost the buyer; where `is_own_price`, so does the price, and `compare_at` is everybody's.
    """

    id: UUID
    sku: str
    options: Mapping[str, str]
    price: Decimal
    compare_at: Decimal | None
    available: int | None
    is_backorder: bool = False
    barcode: str = ""
    allowed: Allowed = ANY_NUMBER
    breaks: tuple[Break, ...] = ()
    is_own_price: bool = False

    @property
    def is_available(self) -> bool:
        return self.available is None or self.available > 0

    @property
    def label(self) -> str:
        return " / ".join(str(value) for value in self.options.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSummary:
    """`price` is the lowest of the variants, and `has_price_range` says that others cost more. `compare_at` is what the
    cheapest one cost before; a product is reduced when any of its variants is.

    `rating` is the average of the approved reviews, 1 to 5. `pack_size` is as the merchant states it, `pieces` the
    number in it (None where pieces are sold singly).
    """

    id: UUID
    slug: str
    sku: str
    name: str
    brand: str
    picture: Picture | None
    price: Decimal
    compare_at: Decimal | None
    has_price_range: bool
    is_sold_out: bool
    is_catalog_only: bool
    is_new: bool
    rating: float | None
    review_count: int
    variants: tuple[VariantFacts, ...]
    low_stock_threshold: int
    pack_size: str
    pieces: int | None
    category_id: UUID | None = None
    is_own_price: bool = False

    @property
    def is_reduced(self) -> bool:
        return self.compare_at is not None or any(variant.compare_at is not None for variant in self.variants)


def with_summary_facts(products: ProductQuerySet) -> ProductQuerySet:
    """`products` read with all that `summarise` needs, in the one statement."""
    return products.annotate(
        brand_name=F("brand__name"),
        pack_size=Coalesce(KeyTextTransform(PACK_SIZE, "specifications"), LISTED_PACK_SIZE),
        picture=first_picture(OuterRef("pk")),
        rating=F("listing__rating_average"),
        review_count=F("listing__review_count"),
    ).defer("description", "short_description", "features", "specifications", "meta_description", "metadata")


def first_picture(product: OuterRef) -> Subquery:
    """The picture that stands for a product in lists, as `picture_of` reads it."""
    pictures = (
        ProductImage.objects.filter(product=product)
        .order_by("-is_primary", "sort_order", "id")
        .values(found=picture_facts())
    )
    return Subquery(pictures[:1])


def summarise(products: Iterable[Product]) -> list[ProductSummary]:
    """The facts of products that were read by `with_summary_facts`."""
    return [_summary(product) for product in products]


def variant_facts(product: Product) -> list[VariantFacts]:
    """The product's variants on sale, in the merchant's order; reads the row's own projection, no statement."""
    return [_variant(product, row) for row in product.variants if row["is_active"]]


def picture_facts(prefix: str = "") -> JSONObject:
    """The columns of a picture's row that `picture_of` reads, as one document; `prefix` leads to the row."""
    return JSONObject(
        url=f"{prefix}url",
        alt=f"{prefix}alt_text",
        width=f"{prefix}width",
        height=f"{prefix}height",
        renditions=f"{prefix}renditions",
    )


def picture_of(row: Mapping[str, Any] | None, name: str) -> Picture | None:
    """A picture that a page may show: of this shop, or from elsewhere over https."""
    url = (row or {}).get("url") or ""
    if row is None or not (url.startswith("https://") or (url.startswith("/") and not url.startswith("//"))):
        return None
    return Picture(
        url=url,
        alt=row.get("alt") or name,
        width=row.get("width"),
        height=row.get("height"),
        renditions=row.get("renditions"),
        variants=row.get("variants") or (),
    )


def pictures_of(product_ids: Collection[UUID]) -> dict[UUID, Picture]:
    """The first picture of each product that has one. One statement."""
    rows = (
        ProductImage.objects.filter(product__in=product_ids)
        .order_by("product_id", "-is_primary", "sort_order", "id")
        .distinct("product_id")
        .values("product_id", "product__name", "url", "width", "height", "renditions", alt=F("alt_text"))
    )
    found = {row["product_id"]: picture_of(row, row["product__name"]) for row in rows}
    return {product_id: picture for product_id, picture in found.items() if picture}


def _variant(product: Product, row: Mapping[str, Any]) -> VariantFacts:
    price = product.price if row["price"] is None else Decimal(row["price"])
    before = product.compare_at_price if row["compare_at_price"] is None else Decimal(row["compare_at_price"])
    if product.visibility == Product.Visibility.CATALOG_ONLY:
        available: int | None = 0
    else:
        available = max(row["inventory_quantity"], 0) if product.is_stock_limited else None
    return VariantFacts(
        id=UUID(row["id"]),
        sku=row["sku"],
        options=row["options"],
        price=price,
        compare_at=before if before is not None and before > price else None,
        available=available,
        is_backorder=available is None and product.track_inventory and row["inventory_quantity"] <= 0,
        barcode=row.get("barcode") or "",
    )


def _summary(product: Product) -> ProductSummary:
    variants = variant_facts(product)
    cheapest = min(variants, key=lambda variant: variant.price, default=None)
    since, until = new_between()
    is_catalog_only = product.visibility == Product.Visibility.CATALOG_ONLY
    pack_size = (getattr(product, "pack_size", None) or "").strip()
    return ProductSummary(
        id=product.pk,
        slug=product.slug,
        sku=product.sku,
        name=product.name,
        brand=getattr(product, "brand_name", None) or "",
        picture=picture_of(getattr(product, "picture", None), product.name),
        price=cheapest.price if cheapest else product.price,
        compare_at=cheapest.compare_at if cheapest else None,
        has_price_range=len({variant.price for variant in variants}) > 1,
        is_sold_out=not is_catalog_only and not any(variant.is_available for variant in variants),
        is_catalog_only=is_catalog_only,
        is_new=product.published_at is not None and since < product.published_at < until,
        rating=float(rating) if (rating := getattr(product, "rating", None)) is not None else None,
        review_count=getattr(product, "review_count", 0),
        variants=tuple(variants),
        low_stock_threshold=product.low_stock_threshold,
        pack_size=pack_size,
        pieces=pieces_in(pack_size),
        category_id=product.category_id,
    )
