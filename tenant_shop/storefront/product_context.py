"""A product's page in the words of its template."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from smartseller import formats
from tenant_shop.catalog.product_page import ProductPage, Review, texts
from tenant_shop.catalog.summary import Picture, VariantFacts
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.shipping.rates import offers
from tenant_shop.storefront.cards import card, image
from tenant_shop.storefront.locale import Money, country_name

NOT_SOLD_ONLINE = gettext_lazy("Shown for information; this product cannot be ordered online.")


def product_context(
    page: ProductPage, settings: ShopSettings, money: Money, *, chosen: UUID | None = None
) -> dict[str, Any]:
    """`product` and `reviews`; `chosen` is the variant that is ticked, else the first that can be bought."""
    ticked = _ticked(page, chosen)
    summary = page.summary
    can_buy = not summary.is_catalog_only and not summary.is_sold_out
    options = _options(page, ticked) if can_buy or len(page.variants) > 1 else []
    largest = _largest_quantity(page.variants)
    product = {
        **card(summary, money),
        "sku": page.sku,
        "images": [image(picture) for picture in _chosen_first(page.pictures, chosen)],
        "short_description": page.short_description,
        "description": page.description,
        "price_note": _tax_note(settings),
        "available": can_buy,
        "max_quantity": largest,
        "stock_text": _stock_text(page, largest),
        "delivery_text": _delivery_text(page, settings, money) if can_buy else "",
        "specifications": [{"name": name, "value": value} for name, value in page.specifications],
        "features": page.features,
        "options": options,
        "variants": [] if options else _variants(page, ticked, money),
    }
    return {"product": product, "reviews": _reviews(page)}


def option_names(variants: Sequence[VariantFacts]) -> list[str]:
    """The options that a shopper chooses one by one, in order; empty when variants are chosen from one list.

    One by one when every variant costs the same and has the same options: a price stands beside a variant, not beside
    a colour.
    """
    if len(variants) < 2 or len({(variant.price, variant.compare_at) for variant in variants}) > 1:
        return []
    names = list(variants[0].options)
    return names if all(list(variant.options) == names for variant in variants) else []


def _ticked(page: ProductPage, chosen: UUID | None) -> VariantFacts | None:
    named = page.variant(chosen) if chosen else None
    return named or next((variant for variant in page.variants if variant.is_available), None)


def _chosen_first(pictures: Sequence[Picture], chosen: UUID | None) -> list[Picture]:
    """The merchant's order, but for a picture of the chosen variant: that is what the shopper wants to see."""
    return sorted(pictures, key=lambda picture: chosen not in picture.variants)


def _options(page: ProductPage, ticked: VariantFacts | None) -> list[dict[str, Any]]:
    variants = [(variant, texts(variant.options)) for variant in page.variants]
    chosen = texts(ticked.options) if ticked else {}
    groups = []
    for number, name in enumerate(option_names(page.variants), start=1):
        values = dict.fromkeys(options[name] for _, options in variants)
        groups.append(
            {
                "name": name,
                "values": [
                    {
                        "value": value,
                        "input_id": f"option-{number}-{position}",
                        "checked": chosen.get(name) == value,
                        "available": any(
                            variant.is_available for variant, options in variants if options[name] == value
                        ),
                    }
                    for position, value in enumerate(values, start=1)
                ],
            }
        )
    return groups


def _variants(page: ProductPage, ticked: VariantFacts | None, money: Money) -> list[dict[str, Any]]:
    return [
        {
            "id": variant.id,
            "label": variant.label or variant.sku,
            "price": money(variant.price),
            "available": variant.is_available,
            "checked": variant is ticked,
        }
        for variant in page.variants
    ]


def _largest_quantity(variants: Sequence[VariantFacts]) -> int | None:
    """The most that can be bought of any variant; None for any number."""
    amounts = [variant.available for variant in variants]
    return None if None in amounts else max((amount for amount in amounts if amount is not None), default=0)


def _stock_text(page: ProductPage, largest: int | None) -> str:
    if page.summary.is_catalog_only:
        return str(NOT_SOLD_ONLINE)
    if page.summary.is_sold_out:
        return _("Sold out at the moment")
    if len(page.variants) == 1 and largest is not None and largest <= page.low_stock_threshold:
        return ngettext("Only %(number)s left", "Only %(number)s left", largest) % {"number": formats.number(largest)}
    return _("In stock")


def _delivery_text(page: ProductPage, settings: ShopSettings, money: Money) -> str:
    """The cheapest way to have one piece delivered in the shop's own country."""
    options = offers(
        settings.shipping_rates,
        subtotal=page.summary.price,
        weight_grams=page.weight_grams,
        country=settings.country,
        currency=settings.currency,
    )
    cheapest = min((option.amount for option in options), default=None)
    if cheapest is None:
        return ""
    country = country_name(settings.country, settings.language)
    if not cheapest:
        return _("Free delivery to %(country)s") % {"country": country}
    return _("Delivery to %(country)s from %(amount)s") % {"country": country, "amount": money(cheapest)}


def _tax_note(settings: ShopSettings) -> str:
    if not settings.tax_rate:
        return ""
    return _("incl. tax") if settings.prices_include_tax else _("plus tax")


def _reviews(page: ProductPage) -> dict[str, Any]:
    count = page.summary.review_count
    return {
        "average": page.summary.rating,
        "count": count,
        "breakdown": [
            {"stars": stars, "count": page.stars.get(stars, 0), "percent": page.stars.get(stars, 0) * 100 / count}
            for stars in (5, 4, 3, 2, 1)
            if count
        ],
        "items": [_review(review) for review in page.reviews],
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "rating": review.rating,
        "title": review.title,
        "text": review.text,
        "author": review.author,
        "date": review.written_at,
        "verified": review.is_verified,
    }
