"""A product's page in the words of its template."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from tenant_shop.catalog.choice import is_offered
from tenant_shop.catalog.product_page import ProductPage, Review
from tenant_shop.catalog.summary import ProductSummary, VariantFacts
from tenant_shop.storefront.breaks import breaks_context
from tenant_shop.storefront.cards import brand_url, card, cards, image, product_url
from tenant_shop.storefront.delivery_words import (
    cheapest_delivery,
    delivery_expected,
    delivery_text,
    returns_text,
    tax_note,
)
from tenant_shop.storefront.own_fields import own_fields
from tenant_shop.storefront.picker import REVIEWS, asked_options, parameter_of, picker, variant_url
from tenant_shop.storefront.stock_words import shown_limit, stock_words
from tenant_shop.storefront.visit import Visit


def product_context(
    visit: Visit,
    page: ProductPage,
    chosen: VariantFacts | None,
    *,
    related: Sequence[ProductSummary] = (),
    path: str = "",
) -> dict[str, Any]:
    """`product`, `reviews` and `related`; price, stock and pictures are those of the `chosen` variant.

    `path` is where the page is, if that is not the product's own address.
    """
    settings, money, summary = visit.settings, visit.money, page.summary
    path = path or product_url(summary.slug)
    can_buy = not summary.is_catalog_only and chosen is not None and chosen.is_available
    product = {
        **card(summary, money),
        "brand_url": brand_url(page.brand_slug) if page.brand_slug else "",
        "variant_id": chosen.id if chosen else "",
        "chosen_id": chosen.id if chosen and len(page.variants) > 1 else None,
        "chosen_label": chosen.label if chosen and len(page.variants) > 1 else "",
        "sku": chosen.sku if chosen else page.sku,
        "images": [image(picture) for picture in page.pictures_for(chosen)],
        "short_description": page.short_description,
        "description": page.description,
        "price_note": tax_note(settings, page.tax_class),
        "available": can_buy,
        "max_quantity": shown_limit(chosen, page.low_stock_threshold),
        "least": chosen.allowed.least if chosen else 1,
        "step": chosen.allowed.multiple if chosen else 1,
        "quantity_note": chosen.allowed.sentence if chosen else "",
        "breaks": breaks_context(chosen, money) if chosen else [],
        "stock": stock_words(chosen, threshold=page.low_stock_threshold, is_catalog_only=summary.is_catalog_only),
        "can_be_awaited": not can_buy and not summary.is_catalog_only and chosen is not None,
        "delivery_text": "",
        "delivery_note": "",
        "delivery_expected": "",
        "returns_text": returns_text(settings),
        "returns_are_own": bool(settings.returns_text),
        "specifications": [
            {"name": name, "value": value}
            for name, value in (*page.specifications, *own_fields(settings.product_fields, page.own_values))
        ],
        "features": page.features,
        "options": picker(path, page.variants, chosen, money),
        "choice_note": _choice_note(visit, page),
    }
    if chosen is not None:
        delivery = cheapest_delivery(
            settings, price=chosen.price, weight_grams=page.variant_weights.get(chosen.id, page.weight_grams)
        )
        product |= {
            "url": variant_url(path, chosen, page.variants),
            "price": money(chosen.price),
            "compare_at": money(chosen.compare_at) if chosen.compare_at is not None else None,
            "from_price": False,
            "on_sale": chosen.compare_at is not None and not chosen.is_own_price,
            "own_price": chosen.is_own_price,
            "delivery_text": delivery_text(settings, money, delivery) if not summary.is_catalog_only else "",
            "delivery_note": delivery.note if delivery else "",
            "delivery_expected": delivery_expected(settings, delivery) if can_buy and not chosen.is_backorder else "",
        }
    return {"product": product, "reviews": _reviews(visit, page, path), "related": cards(related, visit)}


def _choice_note(visit: Visit, page: ProductPage) -> str:
    """That what the address asks for does not exist, where it does not."""
    asked = asked_options(visit.request.GET, page.variants)
    if is_offered(page.variants, asked):
        return ""
    return _("This combination is not offered. Here is the nearest one.")


def _reviews(visit: Visit, page: ProductPage, path: str) -> dict[str, Any]:
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
        "page": page.review_page,
        "pages": page.review_pages,
        "previous_url": _review_url(visit, page, path, page.review_page - 1),
        "next_url": _review_url(visit, page, path, page.review_page + 1),
    }


def _review_url(visit: Visit, page: ProductPage, path: str, number: int) -> str:
    """A page of the reviews, with what was chosen kept; empty when there is no such page."""
    if not 1 <= number <= page.review_pages:
        return ""
    query = {parameter_of(name): value for name, value in asked_options(visit.request.GET, page.variants).items()} | (
        {REVIEWS: str(number)} if number > 1 else {}
    )
    return f"{path}?{urlencode(query)}#reviews" if query else f"{path}#reviews"


def _review(review: Review) -> dict[str, Any]:
    return {
        "rating": review.rating,
        "title": review.title,
        "text": review.text,
        "author": review.author,
        "date": review.written_at,
        "verified": review.is_verified,
        "reply": review.reply,
    }
