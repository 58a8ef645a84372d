"""The sections of the home page, in the merchant's order; each is read only where it is shown."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_shop.catalog.brands import BrandFacts, brands_with_products
from tenant_shop.catalog.browse import bestselling_products, featured_products, newest_products
from tenant_shop.catalog.shelves import Shelf
from tenant_shop.catalog.summary import ProductSummary
from tenant_shop.catalog.tiles import category_tiles
from tenant_shop.configuration.theme import Panel
from tenant_shop.configuration.theme.theme import ATELIER
from tenant_shop.storefront.cards import brand_url, cards, image, steps, tile
from tenant_shop.storefront.look import section_templates
from tenant_shop.storefront.shop_context import link_context, picture_context
from tenant_shop.storefront.visit import Visit

PRODUCTS = 8
# An editorial page shows fewer, larger.
FEW = {(ATELIER, "featured"): 5, (ATELIER, "bestsellers"): 4, (ATELIER, "newest"): 4}
TILES = 8
BRANDS = 12
HERO_PICTURES = 3

Section = dict[str, Any]


def home_sections(visit: Visit) -> list[Section]:
    """What `sections` of the theme names and the shop has something to show for. At most seven statements.

    A product is shown once: a later section leaves out what an earlier one has.
    """
    shown: dict[UUID, ProductSummary] = {}
    sections = [_section(name, visit, shown) for name in visit.theme.sections]
    found = [section for section in sections if section]
    visit.for_buyer(shown.values())  # all at once: what each section shows is known then
    for section in found:
        if "products" in section:
            section["products"] = cards(section["products"], visit)
        if section["kind"] == "hero":
            # From the end of the page, so that the first section does not repeat what is right above it.
            pictured = [product for product in reversed(shown.values()) if product.picture][:HERO_PICTURES]
            section["products"] = cards(pictured, visit)
    return found


def _section(name: str, visit: Visit, shown: dict[UUID, ProductSummary]) -> Section | None:
    match name:
        case "hero":
            return _hero(visit)
        case "featured":
            return _products(visit, name, _("Our favourites"), featured_products(PRODUCTS + len(shown)), shown)
        case "bestsellers":
            found = bestselling_products(PRODUCTS + len(shown))
            return _products(visit, name, _("Bestsellers"), found, shown, query="?sort=popularity")
        case "newest":
            found = newest_products(PRODUCTS + len(shown))
            return _products(visit, name, _("Just in"), found, shown, query="?sort=newest")
        case "categories":
            return _categories(visit)
        case "brands":
            return _brands(visit)
        case "story":
            return _panel(visit, name, visit.theme.story)
        case _:
            return _panel(visit, name, visit.theme.banner)


def _hero(visit: Visit) -> Section:
    hero = visit.theme.hero
    return {
        **_words(visit, "hero", hero),
        "title": hero.title or visit.settings.store_name,
        "link": link_context(hero.link)
        if hero.link
        else {"label": _("Shop all products"), "url": reverse("storefront:product_list")},
    }


def _panel(visit: Visit, name: str, panel: Panel) -> Section | None:
    return None if panel.is_empty else _words(visit, name, panel)


def _words(visit: Visit, name: str, panel: Panel) -> Section:
    return {
        "kind": name,
        "templates": section_templates(visit.theme.look, name),
        "title": panel.title,
        "paragraphs": panel.text.split("\n\n") if panel.text else [],
        "picture": picture_context(panel.picture),
        "link": link_context(panel.link) if panel.link else None,
    }


def _products(
    visit: Visit,
    name: str,
    title: str,
    found: list[ProductSummary],
    shown: dict[UUID, ProductSummary],
    *,
    query: str = "",
) -> Section | None:
    fresh = [product for product in found if product.id not in shown]
    fresh = fresh[: FEW.get((visit.theme.look, name), PRODUCTS)]
    if not fresh:
        return None
    shown.update((product.id, product) for product in fresh)
    return {
        "kind": name,
        "templates": section_templates(visit.theme.look, "products"),
        "title": title,
        "url": reverse("storefront:product_list") + query,
        "products": fresh,
    }


def _categories(visit: Visit) -> Section | None:
    chosen: list[Shelf] = visit.shelves.featured[:TILES]
    tiles = category_tiles(visit.shelves, chosen)
    if not tiles:
        return None
    return {
        "kind": "categories",
        "templates": section_templates(visit.theme.look, "categories"),
        "title": _("Shop by category"),
        "tiles": [{**tile(found), "children": steps(visit.shelves.children(found.shelf.id))} for found in tiles],
    }


def _brands(visit: Visit) -> Section | None:
    found = sorted(brands_with_products(), key=lambda brand: (-brand.product_count, brand.name))[:BRANDS]
    if len(found) < 2:  # one brand is no choice
        return None
    return {
        "kind": "brands",
        "templates": section_templates(visit.theme.look, "brands"),
        "title": _("Brands"),
        "url": reverse("storefront:brands"),
        "brands": [_brand(brand) for brand in found],
    }


def _brand(brand: BrandFacts) -> dict[str, Any]:
    return {
        "name": brand.name,
        "url": brand_url(brand.slug),
        "logo": image(brand.logo),
        "product_count": brand.product_count,
    }
