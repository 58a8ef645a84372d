"""Looking at products, and putting one into the cart."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from smartseller.errors import RuleViolation
from tenant_shop.carts.change import add_line
from tenant_shop.catalog.browse import Sort
from tenant_shop.catalog.browse import product_list as read_list
from tenant_shop.catalog.product_page import ProductPage, product_page
from tenant_shop.catalog.search.find import tidy_query
from tenant_shop.catalog.shelves import Shelf
from tenant_shop.storefront.cards import cards, steps
from tenant_shop.storefront.forms import AddToCartForm
from tenant_shop.storefront.product_context import product_context
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.shared.view import shared_page
from tenant_shop.storefront.visit import Visit

SORT_LABELS = {
    Sort.RELEVANCE: gettext_lazy("Best match"),
    Sort.NEWEST: gettext_lazy("Newest"),
    Sort.PRICE_UP: gettext_lazy("Price, low to high"),
    Sort.PRICE_DOWN: gettext_lazy("Price, high to low"),
    Sort.NAME: gettext_lazy("Name"),
}


@require_safe
@shared_page
def product_list(request: HttpRequest) -> HttpResponse:
    text = tidy_query(request.GET.get("q", ""))
    title = _("Results for “%(text)s”") % {"text": text} if text else _("All products")
    return _list(Visit(request), title=title, text=text)


@require_safe
@shared_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    visit = Visit(request)
    shelf = visit.shelves.by_slug(slug)
    if shelf is None:
        raise Http404(slug)
    return _list(visit, title=shelf.name, shelf=shelf, branch=visit.shelves.branch(shelf.id))


@require_safe
@shared_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    return _product(Visit(request), _found(slug))


@from_own_pages
@require_POST
def add_to_cart(request: HttpRequest, slug: str) -> HttpResponse:
    """Leads to the cart; what cannot be added is said on the product's page, with what was chosen kept."""
    visit, page = Visit(request), _found(slug)
    form = AddToCartForm(request.POST, page=page)
    if not form.is_valid():
        return _product(visit, page, chosen=form.chosen, error=form.sentence, status=422)
    had_session = request.session.session_key is not None
    try:
        cart_id = add_line(
            visit.cart_id,
            variant_id=form.cleaned_data["variant"].id,
            quantity=form.cleaned_data["quantity"],
            session_id=visit.session_id(),
        )
    except RuleViolation as refusal:
        if not had_session:
            request.session.flush()
        return _product(visit, page, chosen=form.chosen, error=str(refusal), status=refusal.status)
    visit.keep_cart(cart_id)
    messages.success(request, _("%(name)s is in your cart.") % {"name": page.summary.name})
    return redirect("storefront:cart")


def _found(slug: str) -> ProductPage:
    page = product_page(slug)
    if page is None:
        raise Http404(slug)
    return page


def _product(
    visit: Visit, page: ProductPage, *, chosen: UUID | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    path = visit.shelves.path_to(page.category_id)
    context = {
        "breadcrumb": steps(path),
        "here": path[0].slug if path else None,
        "form_error": error,
        **product_context(page, visit.settings, visit.money, chosen=chosen),
    }
    return visit.page("storefront/product.html", context, status=status)


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
    }
    return visit.page("storefront/product_list.html", context)
