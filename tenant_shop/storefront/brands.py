"""Who made it: the brands from A to Z, and the products of one."""

from itertools import groupby
from unicodedata import normalize

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenant_shop.catalog.brands import BrandFacts, brand_by_slug, brands_with_products
from tenant_shop.storefront.list_page import list_page
from tenant_shop.storefront.list_query import ListQuery
from tenant_shop.storefront.visit import Visit


@require_safe
@cache_control(private=True, no_cache=True)
def brand_index(request: HttpRequest) -> HttpResponse:
    """By the first letter; names that begin with none stand first, under #."""
    brands = sorted(brands_with_products(), key=lambda brand: (_letter(brand), brand.name.casefold()))
    letters = [
        {"letter": letter, "brands": [_entry(brand) for brand in found]} for letter, found in groupby(brands, _letter)
    ]
    context = {"title": _("Brands"), "letters": letters}
    return Visit(request).page("storefront/brands.html", context)


@require_safe
@cache_control(private=True, no_cache=True)
def brand(request: HttpRequest, slug: str) -> HttpResponse:
    found = brand_by_slug(slug)
    if found is None:
        raise Http404(slug)
    return list_page(Visit(request), ListQuery.read(request.GET), title=found.name, brand=found)


def _entry(brand: BrandFacts) -> dict[str, object]:
    return {"name": brand.name, "url": reverse("storefront:brand", args=[brand.slug]), "count": brand.product_count}


def _letter(brand: BrandFacts) -> str:
    """É stands under E, 3M under #."""
    first = normalize("NFKD", brand.name.strip())[:1].upper()
    return first if first.isalpha() else "#"
