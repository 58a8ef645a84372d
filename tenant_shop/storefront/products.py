"""Lists of products: all of them, a category's, what a search finds."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenant_shop.catalog.listing.filters import Filters
from tenant_shop.catalog.old_slugs import OldSlug, old_target
from tenant_shop.storefront.cards import category_url
from tenant_shop.storefront.list_page import list_page
from tenant_shop.storefront.list_query import ListQuery
from tenant_shop.storefront.moved import moved_to
from tenant_shop.storefront.not_found import nothing_here
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.visit import Visit


@require_safe
@shared_page
def product_list(request: HttpRequest) -> HttpResponse:
    query = ListQuery.read(request.GET)
    return list_page(Visit(request), query, title=_title(query))


@require_safe
@shared_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    visit = Visit(request)
    shelf = visit.shelves.by_slug(slug)
    if shelf is None:
        shelf = visit.shelves.by_slug(slug.lower()) or visit.shelves.by_id(old_target(OldSlug.Kind.CATEGORY, slug))
        return moved_to(request, category_url(shelf.slug)) if shelf else nothing_here(visit)
    return list_page(visit, ListQuery.read(request.GET), title=shelf.name, shelf=shelf)


def _title(query: ListQuery) -> str:
    """A list of everything, narrowed to what is reduced or new, is a page of its own."""
    if query.text:
        return _("Results for “%(text)s”") % {"text": query.text}
    if query.filters == Filters(sale=True):
        return _("Sale")
    if query.filters == Filters(new=True):
        return _("New arrivals")
    return _("All products")
