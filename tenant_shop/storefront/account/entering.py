"""Logging in and out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.formats import number
from smartseller.throttle import TooOften, count_mailbox, count_visit
from tenant_shop.carts.merge import Merged, merge_carts
from tenant_shop.carts.save_for_later import adopt_saved
from tenant_shop.customers.errors import LogInRefused
from tenant_shop.customers.log_in import log_in as verify
from tenant_shop.customers.models import Customer
from tenant_shop.storefront.account.forms import LogInForm
from tenant_shop.storefront.account.gate import account_page, safe_next
from tenant_shop.storefront.account.wishlist import LONGEST_SLUG, wish_for
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.signed_in import sign_in, sign_out
from tenant_shop.storefront.typed import forget_others
from tenant_shop.storefront.visit import Visit

# In an hour: from one address of the network, and for one mailbox.
MOST_FROM_ADDRESS, MOST_FOR_MAILBOX = 60, 60


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    visit, home = Visit(request), reverse("storefront:account")
    if visit.customer is not None:
        return redirect(safe_next(request, home))
    if request.method != "POST":
        return log_in_page(visit, LogInForm())
    form = LogInForm(request.POST)
    if not form.is_valid():
        return log_in_page(visit, form, status=422)
    email = form.cleaned_data["email"]
    try:
        count_visit(request, "log-in", most=MOST_FROM_ADDRESS)
        count_mailbox(email, "log-in", most=MOST_FOR_MAILBOX)
        customer = verify(email, form.cleaned_data["password"])
    except (LogInRefused, TooOften) as refusal:
        form.add_error(None, str(refusal))
        return log_in_page(visit, form, status=refusal.status)
    enter(visit, customer)
    if wish := request.POST.get("wish", "")[:LONGEST_SLUG]:
        wish_for(visit, customer, wish)
    return redirect(safe_next(request, home))


def log_in_page(visit: Visit, form: LogInForm, *, status: int = 200) -> HttpResponse:
    onward = safe_next(visit.request, "")
    request = visit.request
    wish = request.POST.get("wish") or request.GET.get("wish") or ""
    context = {"form": form, "next": onward, "wish": wish[:LONGEST_SLUG]}
    return account_page(visit, "log_in.html", context, status=status)


@only_forms
@from_own_pages
@never_cache
def log_out(request: HttpRequest) -> HttpResponse:
    sign_out(request)
    messages.success(request, _("You are logged out."))
    return redirect("storefront:home")


def enter(visit: Visit, customer: Customer) -> None:
    """Log the customer in to this browser. What a guest had in the cart comes along, and what that changed is told."""
    guests_cart = visit.cart_id if visit.customer is None else None
    merged = merge_carts(customer.pk, guests_cart)
    if list_id := visit.saved_owner.list_id:
        adopt_saved(list_id, customer.pk)
    if merged.cart_id is not None:
        visit.use_code(merged.cart_id)
    sign_in(visit.request, customer)
    forget_others(visit.request.session, customer)
    for sentence in _sentences(merged, visit):
        messages.info(visit.request, sentence)


def _sentences(merged: Merged, visit: Visit) -> list[str]:
    told = []
    if merged.joined:
        told.append(
            ngettext(
                "%(number)s item joined those in your cart.",
                "%(number)s items joined those in your cart.",
                len(merged.joined),
            )
            % {"number": number(len(merged.joined))}
        )
    for name, left in merged.fewer:
        told.append(
            _("%(name)s: only %(number)s left, so that many are in your cart.") % {"name": name, "number": left}
        )
    for name in merged.sold_out:
        told.append(_("%(name)s is sold out.") % {"name": name})
    for name, before, now in merged.repriced:
        told.append(
            _("%(name)s: the price has changed from %(before)s to %(now)s.")
            % {"name": name, "before": visit.money(before), "now": visit.money(now)}
        )
    for name in merged.left_out:
        told.append(_("%(name)s found no room in your cart.") % {"name": name})
    if merged.code_left:
        told.append(_("The code %(code)s was left out: your cart has one already.") % {"code": merged.code_left})
    return told
