"""Who made it: the brands from A to Z, and the products of one."""

from itertools import groupby
from unicodedata import normalize

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenant_shop.catalog.brands import BrandFacts, brand_by_id, brand_by_slug, brands_with_products
from tenant_shop.catalog.old_slugs import OldSlug, old_target
from tenant_shop.storefront.cards import brand_url, image
from tenant_shop.storefront.list_page import list_page
from tenant_shop.storefront.list_query import ListQuery
from tenant_shop.storefront.meta import list_meta
from tenant_shop.storefront.moved import moved_to
from tenant_shop.storefront.not_found import nothing_here
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.visit import Visit


@require_safe
@shared_page
def brand_index(request: HttpRequest) -> HttpResponse:
    """By the first letter; names that begin with none stand first, under #."""
    brands = sorted(brands_with_products(), key=lambda brand: (_letter(brand), brand.name.casefold()))
    letters = [
        {"letter": letter, "brands": [_entry(brand) for brand in found]} for letter, found in groupby(brands, _letter)
    ]
    visit, title = Visit(request), _("Brands")
    meta = list_meta(request, title=f"{title} · {visit.settings.store_name}")
    return visit.page("storefront/brands.html", {"title": title, "letters": letters, "meta": meta})


@require_safe
@shared_page
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    visit, found = Visit(request), brand_by_slug(slug)
    if found is None:
        small = slug.lower()
        moved = brand_by_slug(small) if small != slug else None
        moved = moved or brand_by_id(old_target(OldSlug.Kind.BRAND, slug))
        return moved_to(request, brand_url(moved.slug)) if moved else nothing_here(visit)
    return list_page(visit, ListQuery.read(request.GET), title=found.name, brand=found)


def _entry(brand: BrandFacts) -> dict[str, object]:
    return {
        "name": brand.name,
        "url": brand_url(brand.slug),
        "logo": image(brand.logo),
        "count": brand.product_count,
    }


def _letter(brand: BrandFacts) -> str:
    """É stands under E, 3M under #."""
    first = normalize("NFKD", brand.name.strip())[:1].upper()
    return first if first.isalpha() else "#"
