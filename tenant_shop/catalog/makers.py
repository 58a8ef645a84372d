"""The brands of what is on sale."""

from dataclasses import dataclass

from django.db.models import Count, Q

from tenant_shop.catalog.models import Brand, Product
from tenant_shop.catalog.summary import Picture, picture_of


@dataclass(frozen=True, slots=True)
class Maker:
    """A brand with the number of its listed products."""

    name: str
    slug: str
    logo: Picture | None
    product_count: int


def makers(limit: int) -> list[Maker]:
    """The active brands that have listed products, those with most first. One statement."""
    listed = Q(
        products__status=Product.Status.ACTIVE,
        products__visibility__in=(Product.Visibility.VISIBLE, Product.Visibility.CATALOG_ONLY),
    )
    brands = Brand.objects.filter(is_active=True).annotate(count=Count("products", filter=listed)).filter(count__gt=0)
    return [
        Maker(brand.name, brand.slug, picture_of({"url": brand.logo_url}, brand.name), brand.count)
        for brand in brands.order_by("-count", "name")[:limit]
    ]
