"""The account's own address: the overview for a customer, for a guest the log-in and the way back to an order."""

import hashlib

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_number
from tenant_shop.storefront.account.forms import LogInForm
from tenant_shop.storefront.account.overview import overview
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
    """A guest's number and e-mail address lead to the order when both match; nothing is told of half a match."""
    visit = Visit(request)
    if request.method != "POST":
        return overview(visit, visit.customer) if visit.customer else _page(visit, FindOrderForm())
    form = FindOrderForm(request.POST)
    if not form.is_valid():
        return _page(visit, form, status=422)
    email = form.cleaned_data["email"]
    if _count_attempt(email) > MAX_FAILURES:
        form.add_error(None, _("That was tried too often. Please wait an hour, or write to us."))
        return _page(visit, form, status=429)
    try:
        order = order_by_number(form.cleaned_data["number"], email=email)
    except OrderNotFound:
        form.add_error(None, _("There is no order with this number and address."))
        return _page(visit, form, status=404)
    cache.delete(_key(email))
    return redirect("storefront:order", order.public_token)


def _page(visit: Visit, form: FindOrderForm, *, status: int = 200) -> HttpResponse:
    return visit.page(
        "storefront/account.html", {"form": form, "log_in": LogInForm(auto_id="log-in-%s")}, status=status
    )


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
