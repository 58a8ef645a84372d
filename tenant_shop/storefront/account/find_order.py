"""The account's own address: the overview for a customer, for a guest the log-in and the way back to an order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from smartseller.throttle import TooOften, count_mailbox, count_visit, uncount
from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.find import order_by_number
from tenant_shop.storefront.account.forms import LogInForm
from tenant_shop.storefront.account.overview import overview
from tenant_shop.storefront.forms import FindOrderForm
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.visit import Visit

# Order numbers can be counted up, so a mailbox may be tried with a few of them only, and nobody may try many mailboxes.
# A hit forgives none of the misses before it: with an order of one's own after every few guesses, anybody could go on.
MOST_OF_A_MAILBOX, MOST_OF_A_VISITOR = 10, 40
A_DAY = 24 * 3600


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
    try:
        count_visit(request, "find-order", most=MOST_OF_A_VISITOR, seconds=A_DAY)
        count_mailbox(email, "find-order", most=MOST_OF_A_MAILBOX, seconds=A_DAY)
    except TooOften:
        form.add_error(None, _("That was tried too often. Please try again tomorrow, or write to us."))
        return _page(visit, form, status=429)
    try:
        order = order_by_number(form.cleaned_data["number"], email=email)
    except OrderNotFound:
        form.add_error(None, _("There is no order with this number and address."))
        return _page(visit, form, status=404)
    uncount(request, "find-order", email=email)
    return redirect("storefront:order", order.public_token)


def _page(visit: Visit, form: FindOrderForm, *, status: int = 200) -> HttpResponse:
    return visit.page(
        "storefront/account.html", {"form": form, "log_in": LogInForm(auto_id="log-in-%s")}, status=status
    )
