"""Looking at products, and putting one into the cart."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from smartseller.errors import RuleViolation
from tenant_shop.carts.change import add_line
from tenant_shop.catalog.listing.filters import Filters
from tenant_shop.catalog.product_page import ProductPage, product_page
from tenant_shop.storefront.cards import steps
from tenant_shop.storefront.forms import AddToCartForm
from tenant_shop.storefront.list_page import list_page
from tenant_shop.storefront.list_query import ListQuery
from tenant_shop.storefront.product_context import product_context
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit


@require_safe
@cache_control(private=True, no_cache=True)
def product_list(request: HttpRequest) -> HttpResponse:
    query = ListQuery.read(request.GET)
    return list_page(Visit(request), query, title=_title(query))


@require_safe
@cache_control(private=True, no_cache=True)
def category(request: HttpRequest, slug: str) -> HttpResponse:
    visit = Visit(request)
    shelf = visit.shelves.by_slug(slug)
    if shelf is None:
        raise Http404(slug)
    return list_page(visit, ListQuery.read(request.GET), title=shelf.name, shelf=shelf)


@require_safe
@cache_control(private=True, no_cache=True)
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


def _title(query: ListQuery) -> str:
    """A list of everything, narrowed to what is reduced or new, is a page of its own."""
    if query.text:
        return _("Results for “%(text)s”") % {"text": query.text}
    if query.filters == Filters(sale=True):
        return _("Sale")
    if query.filters == Filters(new=True):
        return _("New arrivals")
    return _("All products")


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
