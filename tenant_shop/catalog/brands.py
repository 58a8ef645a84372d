"""Brands as shoppers meet them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from tenant_shop.catalog.covers import cover, cover_facts
from tenant_shop.catalog.listing.models import ProductListing
from tenant_shop.catalog.models import Brand
from tenant_shop.catalog.summary import Picture, picture_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFacts:
    """An active brand. `product_count` counts its listed products, where that was asked for."""

    id: UUID
    name: str
    slug: str
    description: str
    logo: Picture | None
    website_url: str
    product_count: int = 0


def brand_by_slug(slug: str) -> BrandFacts | None:
    """The active brand of this slug. One statement."""
    brand = _active().filter(slug=slug).first()
    return _facts(brand) if brand else None


def brand_by_id(brand_id: UUID | None) -> BrandFacts | None:
    """The active brand of this key. One statement."""
    brand = _active().filter(pk=brand_id).first() if brand_id else None
    return _facts(brand) if brand else None


def brands_with_products() -> list[BrandFacts]:
    """The active brands that lists show something of, by name. Two statements."""
    counted = ProductListing.objects.filter(is_listed=True, brand_id__isnull=False).order_by().values("brand_id")
    counts = dict(counted.annotate(count=Count("pk")).values_list("brand_id", "count"))
    brands = _active().filter(pk__in=list(counts))
    return sorted((_facts(brand, counts[brand.pk]) for brand in brands), key=lambda brand: brand.name.casefold())


def _active() -> QuerySet[Brand]:
    return Brand.objects.filter(is_active=True).annotate(uploaded=cover_facts())


def _facts(brand: Brand, product_count: int = 0) -> BrandFacts:
    return BrandFacts(
        id=brand.pk,
        name=brand.name,
        slug=brand.slug,
        description=brand.description or "",
        logo=picture_of(cover(brand.logo_url, brand.uploaded), brand.name),  # type: ignore[attr-defined]
        website_url=brand.website_url or "",
        product_count=product_count,
    )
