"""The shop's front window."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenant_shop.catalog.browse import featured_products, newest_products
from tenant_shop.catalog.tiles import category_tiles
from tenant_shop.storefront.cards import cards, tile
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.visit import Visit

FEATURED = 8
NEWEST = 8
TILES = 8


@require_safe
@shared_page
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
    }
    return visit.page("storefront/home.html", context)
