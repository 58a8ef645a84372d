"""Catalogue facts in the words of the templates: amounts as text, links, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_shop.catalog.shelves import Shelf
from tenant_shop.catalog.summary import Picture, ProductSummary
from tenant_shop.catalog.tiles import Tile
from tenant_shop.storefront.locale import Money
from tenant_shop.storefront.meta import absolute
from tenant_shop.storefront.order_lines import order_context
from tenant_shop.storefront.structured_data import breadcrumb_data

if TYPE_CHECKING:
    from tenant_shop.storefront.visit import Visit


def category_url(slug: str) -> str:
    return reverse("storefront:category", args=[slug])


def product_url(slug: str) -> str:
    return reverse("storefront:product", args=[slug])


def brand_url(slug: str) -> str:
    return reverse("storefront:brand", args=[slug])


def image(picture: Picture | None) -> dict[str, Any] | None:
    if picture is None:
        return None
    return {
        "url": picture.url,
        "alt": picture.alt,
        "width": picture.width,
        "height": picture.height,
        "renditions": picture.renditions,
    }


def card(product: ProductSummary, money: Money) -> dict[str, Any]:
    return {
        "name": product.name,
        "slug": product.slug,
        "url": product_url(product.slug),
        "brand": product.brand,
        "image": image(product.picture),
        "price": money(product.price),
        "compare_at": money(product.compare_at) if product.compare_at is not None else None,
        "from_price": product.has_price_range,
        "sold_out": product.is_sold_out,
        "catalog_only": product.is_catalog_only,
        "is_new": product.is_new,
        "on_sale": product.is_reduced and not product.is_own_price,
        "own_price": product.is_own_price,
        "rating": product.rating,
        "review_count": product.review_count,
        # Read by looks that order from lists; others need not pay for it.
        "order": partial(order_context, product, money),
        "order_brief": partial(order_context, product, money, most=2),
        "order_all": partial(order_context, product, money, most=None),
    }


def cards(products: Iterable[ProductSummary], visit: Visit) -> list[dict[str, Any]]:
    """`products` at the prices that hold for the visitor."""
    return [card(product, visit.money) for product in visit.for_buyer(products)]


def tile(found: Tile) -> dict[str, Any]:
    return {
        "name": found.shelf.name,
        "url": category_url(found.shelf.slug),
        "image": image(found.picture),
        "product_count": found.product_count,
    }


def steps(path: Iterable[Shelf]) -> list[dict[str, str]]:
    """The breadcrumb of a way through the categories."""
    return [{"name": shelf.name, "url": category_url(shelf.slug)} for shelf in path]


def breadcrumb(path: Iterable[Shelf], *, here: tuple[str, str] | None = None) -> dict[str, Any]:
    """The way through the categories as structured data; `here` is the (name, path) of a page at its end."""
    way = [(_("Home"), reverse("storefront:home"))]
    way += [(shelf.name, category_url(shelf.slug)) for shelf in path]
    way += [here] if here else []
    return breadcrumb_data([(name, absolute(url)) for name, url in way])
