"""The page of a list: all products, a category's, a brand's, what a search finds."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import redirect

from tenant_shop.catalog.brands import BrandFacts
from tenant_shop.catalog.browse import product_list
from tenant_shop.catalog.html import plain_text
from tenant_shop.catalog.listing.facets import parse_facet_choice
from tenant_shop.catalog.shelves import Shelf
from tenant_shop.catalog.summary import picture_of
from tenant_shop.pricing.listed import own_listing
from tenant_shop.storefront.cards import breadcrumb, cards, image, steps
from tenant_shop.storefront.list_context import list_context
from tenant_shop.storefront.list_query import FORM_PRICES, ListQuery, unread_prices
from tenant_shop.storefront.meta import list_meta
from tenant_shop.storefront.search import search_context
from tenant_shop.storefront.shared.view import with_own_address
from tenant_shop.storefront.visit import Visit


def list_page(
    visit: Visit, query: ListQuery, *, title: str, shelf: Shelf | None = None, brand: BrandFacts | None = None
) -> HttpResponse:
    """What the form of filters sent is led on to its canonical address, so that people share that one; unless a price
    in it is none, which is said beside its field.
    """
    request = visit.request
    unread = unread_prices(request.GET)
    if not unread and any(name in request.GET for name in FORM_PRICES):
        return redirect(query.address(request.path))
    found = product_list(
        shelves=visit.shelves,
        category=shelf.id if shelf else None,
        brand=brand.id if brand else None,
        text=query.text,
        filters=query.filters,
        category_slugs=query.categories,
        facet_choice=parse_facet_choice(visit.settings.facets),
        sort=query.sort,
        page=query.page,
        own=own_listing(visit.group, visit.settings),
    )
    page = found.page
    here = query.on_page(page.number)
    path = visit.shelves.path_to(shelf.id) if shelf else []
    picture = image(picture_of(shelf.image, shelf.name)) if shelf else image(brand.logo) if brand else None
    intro = (shelf.description if shelf else brand.description if brand else "") or ""
    own_title = (shelf.meta_title if shelf else "") or ""
    context: dict[str, Any] = {
        "title": title,
        "own_title": own_title,
        "title_is_own": shelf is not None or brand is not None,
        "intro": intro,
        "picture": picture,
        "breadcrumb": steps(path[:-1]),
        "here": path[0].slug if path else None,
        "subcategories": steps(visit.shelves.children(shelf.id)) if shelf else [],
        "brand": brand,
        "page": Page(cards(page.object_list, visit), page.number, page.paginator),
        "previous_url": query.on_page(page.number - 1).address(request.path) if page.has_previous() else "",
        "next_url": query.on_page(page.number + 1).address(request.path) if page.has_next() else "",
        "meta": list_meta(
            request,
            title=own_title or f"{title} · {visit.settings.store_name}",
            description=(shelf and shelf.meta_description) or plain_text(intro) or title,
            image=picture,
            page=page.number,
            pages=page.paginator.num_pages,
            structured=[breadcrumb(path)] if path else [],
            is_empty=shelf is not None and not visit.shelves.is_filled(shelf),
        ),
        **search_context(visit, found, query),
        **list_context(found, query, path=request.path, money=visit.money, unread=unread),
    }
    response = visit.page("storefront/product_list.html", context)
    # htmx writes this address into the browser's bar; without htmx nobody reads it.
    response["HX-Push-Url"] = here.address(request.path)
    return with_own_address(response, here.address(request.path))
