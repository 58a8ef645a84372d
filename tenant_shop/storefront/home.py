"""The shop's front window."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenant_shop.catalog.browse import featured_products, newest_products
from tenant_shop.catalog.summary import ProductSummary
from tenant_shop.catalog.tiles import category_tiles
from tenant_shop.storefront.cards import cards, image, tile
from tenant_shop.storefront.meta import Meta, absolute
from tenant_shop.storefront.structured_data import shop_data
from tenant_shop.storefront.visit import Visit

FEATURED = 8
NEWEST = 8
TILES = 8


@require_safe
@cache_control(private=True, no_cache=True)
def home(request: HttpRequest) -> HttpResponse:
    visit = Visit(request)
    featured = featured_products(FEATURED)
    chosen = {product.id for product in featured}
    newest = [product for product in newest_products(NEWEST + FEATURED) if product.id not in chosen][:NEWEST]
    pictured = [product for product in (*featured, *newest) if product.picture][:3]
    context = {
        "hero": {
            "title": visit.theme.hero_title or visit.settings.store_name,
            "text": visit.theme.hero_text,
            "products": cards(pictured, visit.money),
        },
        "categories": [tile(found) for found in category_tiles(visit.shelves, visit.shelves.featured[:TILES])],
        "featured": cards(featured, visit.money),
        "newest": cards(newest, visit.money),
        "meta": _meta(visit, pictured),
    }
    return visit.page("storefront/home.html", context)


def _meta(visit: Visit, pictured: Sequence[ProductSummary]) -> Meta:
    name, home_path = visit.settings.store_name, reverse("storefront:home")
    return Meta(
        title=name,
        path=home_path,
        description=visit.theme.hero_text or visit.theme.tagline,
        image=image(pictured[0].picture) if pictured else None,
        structured=shop_data(
            name=name,
            home=absolute(home_path),
            email=visit.settings.store_email,
            search=absolute(reverse("storefront:product_list")) + "?q=",
        ),
    )
