"""The wishlist, and the button on products that fills it."""

from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_shop.customers.models import Customer
from tenant_shop.customers.wishlist import add_wish, remove_wish, wishes_of
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.cards import cards
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

LONGEST_SLUG = 255


@require_safe
@for_customers
def wishlist(visit: Visit, customer: Customer) -> HttpResponse:
    found = wishes_of(customer)
    rows = [{"id": wish.id, "card": shown} for wish, shown in zip(found, cards(found, visit), strict=True)]
    return account_page(visit, "wishlist.html", {"wishes": rows}, here="wishlist")


@only_forms
@from_own_pages
@never_cache
def wish_add(request: HttpRequest) -> HttpResponse:
    """Back to the page with the button. A guest is asked to log in, and finds the wish on the list then."""
    visit, slug = Visit(request), request.POST.get("product", "")[:LONGEST_SLUG]
    back = _page_before(request)
    if visit.customer is None:
        messages.info(request, _("Log in to keep a wishlist."))
        return redirect(f"{reverse('storefront:log_in')}?{urlencode({'next': back, 'wish': slug})}")
    wish_for(visit, visit.customer, slug)
    return redirect(back)


def wish_for(visit: Visit, customer: Customer, slug: str) -> None:
    name = add_wish(customer, slug) if "\x00" not in slug else None
    if name is None:
        messages.warning(visit.request, _("This product is no longer sold here."))
    else:
        messages.success(visit.request, _("%(name)s is on your wishlist.") % {"name": name})


@only_forms
@for_customers
def wish_remove(visit: Visit, customer: Customer, product_id: UUID) -> HttpResponse:
    remove_wish(customer, product_id)
    messages.success(visit.request, _("It is off your wishlist."))
    return redirect("storefront:wishlist")


def _page_before(request: HttpRequest) -> str:
    """The page of this shop that the form was on; the wishlist when the browser does not say."""
    sent = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sent, allowed_hosts={request.get_host()}):
        return reverse("storefront:wishlist")
    parts = urlsplit(sent)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if path.startswith("/") and not path.startswith("//") else reverse("storefront:wishlist")
