"""The goods for Google's shopping pages: every variant an item, written while it is sent.

Left out is what Google would refuse: an item needs a picture, and one on backorder the day on which it is there again,
which a shop does not know.

Source: https://support.google.com/merchants/answer/7052112 (product data specification).
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from tenant_shop.catalog.barcodes import gtin
from tenant_shop.catalog.choice import value_of
from tenant_shop.catalog.html import plain_text
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.published import goods_for_sale
from tenant_shop.catalog.shelves import Shelves
from tenant_shop.catalog.summary import VariantFacts, picture_of, variant_facts
from tenant_shop.configuration.languages import readable
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.shipping.rates import offers
from tenant_shop.storefront.cards import product_url
from tenant_shop.storefront.meta import absolute
from tenant_shop.storefront.picker import variant_url
from tenant_shop.storefront.published_price import published_delivery, published_price
from tenant_shop.storefront.visit import Visit
from tenant_shop.storefront.xml import document, element

NAMESPACE = "http://base.google.com/ns/1.0"
LONGEST_TITLE = 150
LONGEST_DESCRIPTION = 5000
# Options that Google knows by name.
ATTRIBUTES = {
    "size": "g:size",
    "colour": "g:color",
    "color": "g:color",
    "material": "g:material",
    "pattern": "g:pattern",
}


@require_safe
def google(request: HttpRequest) -> HttpResponseBase:
    """What is sold and may be shown there, in the shop's own language. A statement for each 500 products, and three."""
    return document(request, name="google", write=partial(_feed, Visit(request)), content_type="application/rss+xml")


def _feed(visit: Visit) -> Iterator[str]:
    settings = visit.settings
    yield (
        f'<rss version="2.0" xmlns:g="{NAMESPACE}"><channel>'
        + element("title", settings.store_name)
        + element("link", absolute(reverse("storefront:home")))
        + element("description", visit.theme.tagline or settings.store_name)
        + element("language", readable(settings.language))
    )
    for piece in goods_for_sale():
        for product in piece:
            yield "".join(_items(product, settings, visit.shelves))
    yield "</channel></rss>"


def _items(product: Product, settings: ShopSettings, shelves: Shelves) -> Iterator[str]:
    extra: Any = product  # the columns that were added to it
    variants = variant_facts(product)
    own = {row["id"]: row for row in extra.own}
    shared = (
        element("g:description", _description(product))
        + element("g:item_group_id", str(product.pk) if len(variants) > 1 else "")
        + element("g:brand", extra.brand_name or "")
        + element("g:product_type", " > ".join(shelf.name for shelf in shelves.path_to(product.category_id)))
        + element("g:condition", "new")
    )
    for variant in variants:
        mine = own.get(str(variant.id), {})
        pictures = _pictures(extra.pictures, mine.get("url"))
        if not pictures or variant.is_backorder:
            continue
        weight = Decimal(str(mine.get("weight") or product.weight or 0))
        yield (
            "<item>"
            + element("g:id", str(variant.id))
            + element("g:title", _title(product, variant))
            + element("g:link", absolute(variant_url(product_url(product.slug), variant, variants)))
            + shared
            + pictures
            + element("g:availability", "in_stock" if variant.is_available else "out_of_stock")
            + _prices(variant, product.tax_class, settings)
            + _number(variant)
            + "".join(element(tag, value_of(variant, name)) for name, tag in _attributes(variant))
            + (element("g:shipping_weight", f"{weight:.0f} g") if weight else "")
            + _shipping(variant, weight, settings)
            + "</item>"
        )


def _title(product: Product, variant: VariantFacts) -> str:
    full = f"{product.name} - {variant.label}" if variant.label else product.name
    return full if len(full) <= LONGEST_TITLE else product.name[:LONGEST_TITLE]


def _description(product: Product) -> str:
    described = plain_text(product.description or "") or plain_text(product.short_description or "")
    return (described or product.name)[:LONGEST_DESCRIPTION]


def _pictures(urls: list[str], own: str | None) -> str:
    """The variant's own picture first; the others as additional ones."""
    ordered = dict.fromkeys(([own] if own else []) + urls)
    shown = [absolute(url) for url in ordered if picture_of({"url": url}, "")]
    return "".join(
        element("g:additional_image_link" if place else "g:image_link", url) for place, url in enumerate(shown)
    )


def _prices(variant: VariantFacts, tax_class: str, settings: ShopSettings) -> str:
    def money(amount: Decimal) -> str:
        return f"{published_price(amount, settings, tax_class=tax_class)} {settings.currency}"

    now = money(variant.price)
    if variant.compare_at is None:
        return element("g:price", now)
    return element("g:price", money(variant.compare_at)) + element("g:sale_price", now)


def _number(variant: VariantFacts) -> str:
    """The trade item number; where there is none, that is said, so that nobody waits for it."""
    number = gtin(variant.barcode)
    return element("g:gtin", number) if number else element("g:identifier_exists", "no")


def _attributes(variant: VariantFacts) -> list[tuple[str, str]]:
    return [(name, ATTRIBUTES[name.lower()]) for name in variant.options if name.lower() in ATTRIBUTES]


def _shipping(variant: VariantFacts, weight: Decimal, settings: ShopSettings) -> str:
    """Every way to deliver one piece in the shop's own country."""
    options = offers(
        settings,
        subtotal=variant.price,
        weight_grams=weight,
        country=settings.country,
    )
    return "".join(
        "<g:shipping>"
        + element("g:country", settings.country)
        + element("g:service", option.name)
        + element("g:price", f"{published_delivery(option.amount, settings)} {settings.currency}")
        + "</g:shipping>"
        for option in options
        if not option.is_pickup
    )
