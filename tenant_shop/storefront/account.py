"""A guest's way back to an order."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_number
from tenant_shop.storefront.forms import FindOrderForm
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

# Order numbers can be counted up, so an address may be tried with a few of them only.
MAX_FAILURES = 10
FORGET_AFTER = 3600


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Number and e-mail address lead to the order when both match; nothing is told of half a match."""
    visit = Visit(request)
    if request.method != "POST":
        return visit.page("storefront/account.html", {"form": FindOrderForm()})
    form = FindOrderForm(request.POST)
    if not form.is_valid():
        return visit.page("storefront/account.html", {"form": form}, status=422)
    email = form.cleaned_data["email"]
    if _count_attempt(email) > MAX_FAILURES:
        form.add_error(None, _("That was tried too often. Please wait an hour, or write to us."))
        return visit.page("storefront/account.html", {"form": form}, status=429)
    try:
        order = order_by_number(form.cleaned_data["number"], email=email)
    except OrderNotFound:
        form.add_error(None, _("There is no order with this number and address."))
        return visit.page("storefront/account.html", {"form": form}, status=404)
    cache.delete(_key(email))
    return redirect("storefront:order", order.public_token)


def _key(email: str) -> str:
    return f"find-order:{hashlib.sha256(email.strip().lower().encode()).hexdigest()}"


def _count_attempt(email: str) -> int:
    """How often this address was tried, this time included; counted first, so that parallel tries do not slip through.

    While Redis is down nothing is counted: the number and the address must still both be right.
    """
    cache.add(_key(email), 0, FORGET_AFTER)
    try:
        return int(cache.incr(_key(email)) or 0)
    except ValueError:  # forgotten between the two
        return 1
