"""Everything a product's own page shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, TextField, When
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _

from tenant_shop.catalog.facts import Told, features, specifications
from tenant_shop.catalog.models import Product, ProductImage
from tenant_shop.catalog.old_slugs import OldSlug, first_as_written, old_target_subquery, spellings
from tenant_shop.catalog.querysets import ProductQuerySet
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
from tenant_shop.configuration.custom_fields.values import values_in
from tenant_shop.reviews.models import ProductReview

MAX_PICTURES = 12
REVIEWS_ON_A_PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """An approved review; `rating` is 1 to 5, `author` a first name and an initial, `reply` the shop's answer."""

    rating: int
    title: str
    text: str
    author: str
    written_at: datetime
    is_verified: bool
    reply: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductPage:
    """A product in full. `stars` counts the approved reviews by rating; `reviews` is page `review_page` of them, the
    latest first.

    `description` is as stored: clean it before showing it. `brand_slug` is empty without an active brand.
    `own_values` are those of custom fields, by key. `variant_weights` (in grams) knows the variants that have one.
    """

    summary: ProductSummary
    status: Product.Status
    visibility: Product.Visibility
    category_id: UUID | None
    brand_id: UUID | None
    brand_slug: str
    tags: tuple[str, ...]
    sku: str
    short_description: str
    description: str
    meta_title: str
    meta_description: str
    features: tuple[Told, ...]
    specifications: tuple[tuple[str, Told], ...]
    own_values: Mapping[str, Any]
    pictures: tuple[Picture, ...]
    variants: tuple[VariantFacts, ...]
    variant_weights: Mapping[UUID, Decimal]
    low_stock_threshold: int
    weight_grams: Decimal
    tax_class: str
    stars: Mapping[int, int]
    reviews: tuple[Review, ...]
    review_page: int
    review_pages: int

    @property
    def is_listed(self) -> bool:
        """Whether lists, search and search engines show it; a hidden product is for those who know its address."""
        return self.status == Product.Status.ACTIVE and self.visibility != Product.Visibility.HIDDEN

    def variant(self, variant_id: UUID) -> VariantFacts | None:
        return next((variant for variant in self.variants if variant.id == variant_id), None)

    def pictures_for(self, variant: VariantFacts | None) -> list[Picture]:
        """The gallery in the merchant's order, but for pictures of the variant: those a shopper wants to see first."""
        return sorted(self.pictures, key=lambda picture: variant is None or variant.id not in picture.variants)


def product_page(slug: str, *, reviews: int = 1) -> ProductPage | None:
    """The product of this slug, listed or hidden; None when there is none. At most three statements.

    One that had the slug earlier is found too, unless another product has it now, and one that has it in small letters:
    its own slug is in the summary.
    `reviews` is the page of its reviews; one that does not exist is the nearest one that does.
    """
    before = old_target_subquery(OldSlug.Kind.PRODUCT, slug)
    named = Product.objects.reachable().filter(Q(slug__in=spellings(slug)) | Q(pk=before))
    return _page(named.order_by(first_as_written(slug)), reviews)


def product_preview(product_id: UUID, *, reviews: int = 1) -> ProductPage | None:
    """The product of this id in any state, for the shop's people. At most three statements."""
    return _page(Product.objects.filter(pk=product_id), reviews)


def _page(products: ProductQuerySet, reviews: int) -> ProductPage | None:
    weights = (
        ProductVariant.objects.filter(product=OuterRef("pk"), weight__isnull=False)
        .order_by()
        .values(found=JSONObject(id="id", weight=Cast("weight", TextField())))
    )
    found = with_summary_facts(products).defer(None)
    product = found.annotate(
        brand_slug=Case(When(brand__is_active=True, then="brand__slug")), weights=ArraySubquery(weights), stars=_stars()
    ).first()
    if product is None:
        return None
    extra: Any = product  # the columns that were added to it
    summary = summarise([product])[0]
    pages = max(1, -(-summary.review_count // REVIEWS_ON_A_PAGE))
    page = min(max(reviews, 1), pages)
    return ProductPage(
        summary=summary,
        status=Product.Status(product.status),
        visibility=Product.Visibility(product.visibility),
        category_id=product.category_id,
        brand_id=product.brand_id,
        brand_slug=extra.brand_slug or "",
        tags=tuple(product.tags or ()),
        sku=product.sku,
        short_description=product.short_description or "",
        description=product.description or "",
        meta_title=product.meta_title or "",
        meta_description=product.meta_description or "",
        features=features(product.features),
        specifications=specifications(product.specifications),
        own_values=values_in(product.metadata),
        pictures=_pictures(product),
        variants=tuple(variant_facts(product)),
        variant_weights={UUID(row["id"]): Decimal(row["weight"]) for row in extra.weights},
        low_stock_threshold=product.low_stock_threshold,
        weight_grams=product.weight or Decimal(0),
        tax_class=product.tax_class,
        stars={int(stars): count for stars, count in (extra.stars or {}).items() if count},
        reviews=_reviews(product, page) if summary.review_count else (),
        review_page=page,
        review_pages=pages,
    )


def _pictures(product: Product) -> tuple[Picture, ...]:
    rows = ProductImage.objects.filter(product=product).order_by("-is_primary", "sort_order", "id")
    shown = ArraySubquery(ProductVariant.objects.filter(image=OuterRef("pk")).values("pk"))
    columns = rows.values("url", "width", "height", "renditions", alt=F("alt_text"), variants=shown)
    facts = (picture_of(row, product.name) for row in columns[:MAX_PICTURES])
    return tuple(picture for picture in facts if picture)


def _stars() -> Subquery:
    """How many approved reviews give one star, two stars, and so on, as an object."""
    counts = {str(stars): Count("pk", filter=Q(rating=stars)) for stars in range(1, 6)}
    return Subquery(
        ProductReview.objects.filter(product=OuterRef("pk"), status=ProductReview.Status.APPROVED)
        .order_by()
        .values("product")
        .values(found=JSONObject(**counts))
    )


def _reviews(product: Product, page: int) -> tuple[Review, ...]:
    skipped = (page - 1) * REVIEWS_ON_A_PAGE
    approved = ProductReview.objects.filter(product=product, status=ProductReview.Status.APPROVED)
    rows = approved.select_related("customer").order_by("-created_at", "-pk")
    return tuple(
        Review(
            rating=row.rating,
            title=row.title or "",
            text=row.content or "",
            author=_public_name(row.customer.first_name, row.customer.last_name),
            written_at=row.created_at,
            is_verified=row.is_verified_purchase,
            reply=row.reply,
        )
        for row in rows[skipped : skipped + REVIEWS_ON_A_PAGE]
    )


def _public_name(first: str | None, last: str | None) -> str:
    """What may be told of a customer: "Karin L."."""
    first, last = (first or "").strip(), (last or "").strip()
    return f"{first} {last[0]}." if first and last else first or _("A customer")
