"""Lists of products: all of them, a category's, what a search finds."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenant_shop.catalog.browse import Sort
from tenant_shop.catalog.browse import product_list as read_list
from tenant_shop.catalog.old_slugs import OldSlug, old_target
from tenant_shop.catalog.search.find import tidy_query
from tenant_shop.catalog.shelves import Shelf
from tenant_shop.storefront.cards import breadcrumb, cards, category_url, steps
from tenant_shop.storefront.meta import list_meta
from tenant_shop.storefront.moved import moved_to
from tenant_shop.storefront.not_found import nothing_here
from tenant_shop.storefront.visit import Visit

SORT_LABELS = {
    Sort.RELEVANCE: gettext_lazy("Best match"),
    Sort.NEWEST: gettext_lazy("Newest"),
    Sort.PRICE_UP: gettext_lazy("Price, low to high"),
    Sort.PRICE_DOWN: gettext_lazy("Price, high to low"),
    Sort.NAME: gettext_lazy("Name"),
}


@require_safe
@cache_control(private=True, no_cache=True)
def product_list(request: HttpRequest) -> HttpResponse:
    text = tidy_query(request.GET.get("q", ""))
    title = _("Results for “%(text)s”") % {"text": text} if text else _("All products")
    return _list(Visit(request), title=title, text=text)


@require_safe
@cache_control(private=True, no_cache=True)
def category(request: HttpRequest, slug: str) -> HttpResponse:
    visit = Visit(request)
    shelf = visit.shelves.by_slug(slug)
    if shelf is None:
        shelf = visit.shelves.by_id(old_target(OldSlug.Kind.CATEGORY, slug))
        return moved_to(request, category_url(shelf.slug)) if shelf else nothing_here(visit)
    return _list(visit, title=shelf.name, shelf=shelf, branch=visit.shelves.branch(shelf.id))


def _list(
    visit: Visit, *, title: str, text: str = "", shelf: Shelf | None = None, branch: Collection[UUID] | None = None
) -> HttpResponse:
    asked = visit.request.GET
    offered = [sort for sort in Sort if text or sort is not Sort.RELEVANCE]
    sort = next((sort for sort in offered if sort == asked.get("sort")), offered[0])
    in_stock = asked.get("available") == "1"
    found = read_list(branch=branch, text=text, sort=sort, in_stock=in_stock, page=asked.get("page"))
    path = visit.shelves.path_to(shelf.id) if shelf else []
    context: dict[str, Any] = {
        "title": title,
        "intro": shelf.description if shelf else "",
        "breadcrumb": steps(path[:-1]),
        "here": path[0].slug if path else None,
        "subcategories": steps(visit.shelves.children(shelf.id)) if shelf else [],
        "page": Page(cards(found.object_list, visit.money), found.number, found.paginator),
        "sort": sort,
        "sort_options": [{"value": option, "label": str(SORT_LABELS[option])} for option in offered],
        "available": in_stock,
        "q": text,
        "meta": list_meta(
            visit.request,
            title=f"{title} · {visit.settings.store_name}",
            description=(shelf.description if shelf else "") or title,
            page=found.number,
            pages=found.paginator.num_pages,
            structured=[breadcrumb(path)] if path else [],
        ),
    }
    return visit.page("storefront/product_list.html", context)
