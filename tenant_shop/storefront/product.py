"""A product's own page, and putting it into the cart."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from smartseller.errors import RuleViolation
from tenant_shop.backoffice.access import staff_access
from tenant_shop.carts.change import add_line
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.product_page import ProductPage, product_page, product_preview
from tenant_shop.catalog.related import related_products
from tenant_shop.catalog.summary import ProductSummary, VariantFacts
from tenant_shop.storefront.cards import product_url, steps
from tenant_shop.storefront.forms import AddToCartForm
from tenant_shop.storefront.moved import moved_to
from tenant_shop.storefront.not_found import nothing_here
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.picker import REVIEWS, chosen_variant, variant_url
from tenant_shop.storefront.product_context import product_context
from tenant_shop.storefront.product_meta import product_meta
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.shared.view import shared_page, with_own_address
from tenant_shop.storefront.visit import Visit

RELATED = 4


@require_safe
@shared_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """The page with the variant that the query asks for. An address that the product had before leads here."""
    visit = Visit(request)
    page = product_page(slug, reviews=_number(request.GET.get(REVIEWS, "")))
    if page is None:
        return nothing_here(visit)
    if page.summary.slug != slug:
        return moved_to(request, product_url(page.summary.slug))
    chosen = chosen_variant(request.GET, page.variants)
    response = show_product(visit, page, chosen)
    return with_own_address(response, variant_url(product_url(slug), chosen, page.variants)) if chosen else response


@only_forms
@from_own_pages
def add_to_cart(request: HttpRequest, slug: str) -> HttpResponse:
    """Leads to the cart; what cannot be added is said on the product's page, with what was chosen kept."""
    visit, page = Visit(request), product_page(slug)
    if page is None:
        return nothing_here(visit, message=_("This product is no longer sold here; nothing was put into your cart."))
    form = AddToCartForm(request.POST, page=page)
    if not form.is_valid():
        return show_product(visit, page, form.chosen, error=form.sentence, status=422)
    had_session = request.session.session_key is not None
    try:
        cart_id = add_line(
            visit.cart_id,
            variant_id=form.cleaned_data["variant"].id,
            quantity=form.cleaned_data["quantity"],
            session_id=visit.session_id(),
            customer_id=visit.customer_id,
        )
    except RuleViolation as refusal:
        if not had_session:
            request.session.flush()
        return show_product(visit, page, form.chosen, error=str(refusal), status=refusal.status)
    visit.keep_cart(cart_id)
    messages.success(request, _("%(name)s is in your cart.") % {"name": page.summary.name})
    return redirect("storefront:cart")


@never_cache
@require_safe
def preview(request: HttpRequest, product_id: UUID) -> HttpResponse:
    """A product as shoppers would see it, in any state, for the shop's people; nobody else learns that it exists."""
    visit = Visit(request)
    page = None
    if staff_access(request) is not None:
        page = product_preview(product_id, reviews=_number(request.GET.get(REVIEWS, "")))
    if page is None:
        return nothing_here(visit)
    path = reverse("storefront:product_preview", args=[product_id])
    response = show_product(visit, page, chosen_variant(request.GET, page.variants), preview_path=path)
    response["X-Robots-Tag"] = "noindex"
    return response


def show_product(
    visit: Visit,
    page: ProductPage,
    chosen: VariantFacts | None,
    *,
    error: str = "",
    status: int = 200,
    preview_path: str = "",
    **extra: object,
) -> HttpResponse:
    """The page in full; without a `chosen` variant the first that can be bought. A preview sells nothing."""
    chosen = chosen or chosen_variant({}, page.variants)
    path = visit.shelves.path_to(page.category_id)
    related = related_products(
        page.summary.id, category_id=page.category_id, brand_id=page.brand_id, tags=page.tags, limit=RELATED
    )
    own = _at_own_prices(visit, page, related)
    context = {
        "title_is_own": True,
        "breadcrumb": steps(path),
        "here": path[0].slug if path else None,
        "form_error": error,
        "meta": product_meta(visit, page, path) if status == 200 and not preview_path and page.is_listed else None,
        "is_preview": bool(preview_path),
        "state": page.status.label if page.status != Product.Status.ACTIVE else page.visibility.label,
        **product_context(visit, own, own.variant(chosen.id) if chosen else None, related=related, path=preview_path),
        **extra,
    }
    return visit.page("storefront/product.html", context, status=status)


def _at_own_prices(visit: Visit, page: ProductPage, related: Sequence[ProductSummary]) -> ProductPage:
    """The page at the visitor's prices; what stands below is priced along, to be asked for later."""
    summary, *_related = visit.for_buyer([page.summary, *related])
    return page if summary is page.summary else replace(page, summary=summary, variants=summary.variants)


def _number(text: str) -> int:
    """The page that a query names; the first when it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
