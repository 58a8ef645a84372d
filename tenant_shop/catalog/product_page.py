"""Everything a product's own page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, OuterRef

from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.summary import (
    Picture,
    ProductSummary,
    VariantFacts,
    picture_of,
    summarise,
    variant_facts,
    with_summary_facts,
)
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.reviews.models import ProductReview

MAX_PICTURES = 12
MAX_REVIEWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An approved review; `rating` is 1 to 5, `author` a first name and an initial."""

    rating: int
    title: str
    text: str
    author: str
    written_at: datetime
    is_verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """A listed product in full. `stars` counts the approved reviews by rating; `reviews` are the latest of them.

    `description` is as stored: clean it before showing it.
    """

    summary: ProductSummary
    category_id: UUID | None
    sku: str
    short_description: str
    description: str
    features: tuple[str, ...]
    specifications: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    variants: tuple[VariantFacts, ...]
    low_stock_threshold: int
    weight_grams: Decimal
    stars: Mapping[int, int]
    reviews: tuple[Review, ...]

    def variant(self, variant_id: UUID) -> VariantFacts | None:
        return next((variant for variant in self.variants if variant.id == variant_id), None)

    def variant_with(self, options: Mapping[str, str]) -> VariantFacts | None:
        """The variant with exactly these options."""
        wanted = dict(options)
        return next((variant for variant in self.variants if texts(variant.options) == wanted), None)


def product_page(slug: str) -> ProductPage | None:
    """The listed product of this slug; None when there is none. At most four statements."""
    products = with_summary_facts(Product.objects.listed()).defer(None).filter(slug=slug)
    product = products.first()
    if product is None:
        return None
    summary = summarise([product])[0]
    return ProductPage(
        summary=summary,
        category_id=product.category_id,
        sku=product.sku,
        short_description=product.short_description or "",
        description=product.description or "",
        features=_features(product.features),
        specifications=_specifications(product.specifications),
        pictures=_pictures(product),
        variants=tuple(variant_facts(product)),
        low_stock_threshold=product.low_stock_threshold,
        weight_grams=product.weight or Decimal(0),
        stars=_stars(product) if summary.review_count else {},
        reviews=_reviews(product) if summary.review_count else (),
    )


def texts(options: Mapping[str, Any]) -> dict[str, str]:
    """Options with their values as text."""
    return {str(name): str(value) for name, value in options.items()}


def _pictures(product: Product) -> tuple[Picture, ...]:
    rows = ProductImage.objects.filter(product=product).order_by("-is_primary", "sort_order", "id")
    shown = ArraySubquery(ProductVariant.objects.filter(image=OuterRef("pk")).values("pk"))
    columns = rows.values("url", "width", "height", "renditions", alt=F("alt_text"), variants=shown)
    facts = (picture_of(row, product.name) for row in columns[:MAX_PICTURES])
    return tuple(picture for picture in facts if picture)


def _stars(product: Product) -> dict[int, int]:
    rows = _approved(product).order_by().values("rating").annotate(count=Count("pk"))
    return {row["rating"]: row["count"] for row in rows}


def _reviews(product: Product) -> tuple[Review, ...]:
    rows = _approved(product).select_related("customer").order_by("-created_at", "-pk")[:MAX_REVIEWS]
    return tuple(
        Review(
            rating=row.rating,
            title=row.title or "",
            text=row.content or "",
            author=_public_name(row.customer.first_name, row.customer.last_name),
            written_at=row.created_at,
            is_verified=row.is_verified_purchase,
        )
        for row in rows
    )


def _approved(product: Product) -> Any:
    return ProductReview.objects.filter(product=product, status=ProductReview.Status.APPROVED)


def _public_name(first: str | None, last: str | None) -> str:
    """What may be told of a customer: "Karin L."."""
    first, last = (first or "").strip(), (last or "").strip()
    return f"{first} {last[0]}." if first and last else first or "A customer"


def _features(value: Any) -> tuple[str, ...]:
    """The column holds a list of sentences, or a mapping of a feature to its description."""
    match value:
        case list():
            return tuple(str(item) for item in value if item)
        case dict():
            return tuple(f"{name}: {text}" if text and text is not True else str(name) for name, text in value.items())
        case _:
            return ()


def _specifications(value: Any) -> tuple[tuple[str, str], ...]:
    """The column holds a mapping, or a list of `{name, value}`."""
    match value:
        case dict():
            return tuple((str(name), str(text)) for name, text in value.items())
        case list():
            return tuple(
                (str(row["name"]), str(row.get("value", "")))
                for row in value
                if isinstance(row, dict) and "name" in row
            )
        case _:
            return ()
