"""What a product's page tells search engines: its head, and the product in the vocabulary of schema.org."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from smartseller.formats import rounded_rating
from tenant_shop.catalog.barcodes import gtin
from tenant_shop.catalog.html import plain_text
from tenant_shop.catalog.product_page import ProductPage
from tenant_shop.catalog.shelves import Shelf
from tenant_shop.catalog.summary import VariantFacts
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.storefront.cards import breadcrumb, image, product_url
from tenant_shop.storefront.delivery_words import cheapest_delivery
from tenant_shop.storefront.meta import Meta, absolute
from tenant_shop.storefront.picker import variant_url
from tenant_shop.storefront.published_price import published_delivery, published_price
from tenant_shop.storefront.visit import Visit

MAX_OFFERS = 100
LONGEST_DESCRIPTION = 5000


def product_meta(visit: Visit, page: ProductPage, path: Sequence[Shelf]) -> Meta:
    """The head of the page, the same whichever variant is chosen: search engines know one page a product."""
    settings, summary = visit.settings, page.summary
    url = product_url(summary.slug)
    description = page.meta_description or page.short_description or plain_text(page.description) or summary.name
    return Meta(
        title=page.meta_title or f"{summary.name} · {settings.store_name}",
        description=description,
        path=url,
        kind="product",
        image=image(summary.picture),
        price=(str(published_price(summary.price, settings, tax_class=page.tax_class)), settings.currency),
        structured=[*product_data(page, settings), breadcrumb(path, here=(summary.name, url))],
    )


def product_data(page: ProductPage, settings: ShopSettings) -> list[dict[str, Any]]:
    """The product with an offer for each variant. What is only shown has no offer, and without reviews no data at all:
    Google takes a product without offers and rating for a fault.
    """
    summary = page.summary
    description = plain_text(page.description) or page.short_description
    data: dict[str, Any] = {
        "@type": "Product",
        "@id": f"{absolute(product_url(summary.slug))}#product",
        "name": summary.name,
        "url": absolute(product_url(summary.slug)),
        "sku": page.sku,
    }
    if description:
        data["description"] = description[:LONGEST_DESCRIPTION]
    if page.pictures:
        data["image"] = [absolute(picture.url) for picture in page.pictures]
    if summary.brand:
        data["brand"] = {"@type": "Brand", "name": summary.brand}
    if summary.review_count and summary.rating is not None:
        data["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(rounded_rating(summary.rating)),
            "reviewCount": summary.review_count,
            "bestRating": 5,
            "worstRating": 1,
        }
    if page.variants and not summary.is_catalog_only:
        data["offers"] = [_offer(page, variant, settings) for variant in page.variants[:MAX_OFFERS]]
    return [data] if "offers" in data or "aggregateRating" in data else []


def availability(variant: VariantFacts) -> str:
    """In the words of schema.org."""
    if not variant.is_available:
        return "OutOfStock"
    return "BackOrder" if variant.is_backorder else "InStock"


def _offer(page: ProductPage, variant: VariantFacts, settings: ShopSettings) -> dict[str, Any]:
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": absolute(variant_url(product_url(page.summary.slug), variant, page.variants)),
        "sku": variant.sku,
        "price": str(published_price(variant.price, settings, tax_class=page.tax_class)),
        "priceCurrency": settings.currency,
        "availability": f"https://schema.org/{availability(variant)}",
        "itemCondition": "https://schema.org/NewCondition",
    }
    if variant.label:
        offer["name"] = f"{page.summary.name} ({variant.label})"
    if code := gtin(variant.barcode):
        offer["gtin"] = code
    weight = page.variant_weights.get(variant.id, page.weight_grams)
    if shipping := _shipping(settings, price=variant.price, weight_grams=weight):
        offer["shippingDetails"] = shipping
    if settings.return_days:
        offer["hasMerchantReturnPolicy"] = {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": settings.country,
            "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": settings.return_days,
            "returnMethod": "https://schema.org/ReturnByMail",
        }
    return offer


def _shipping(settings: ShopSettings, *, price: Decimal, weight_grams: Decimal) -> dict[str, Any] | None:
    delivery = cheapest_delivery(settings, price=price, weight_grams=weight_grams)
    if delivery is None:
        return None
    return {
        "@type": "OfferShippingDetails",
        "shippingRate": {
            "@type": "MonetaryAmount",
            "value": str(published_delivery(delivery.amount, settings)),
            "currency": settings.currency,
        },
        "shippingDestination": {"@type": "DefinedRegion", "addressCountry": settings.country},
    }
