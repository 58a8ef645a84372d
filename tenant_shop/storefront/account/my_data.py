"""What the shop knows of a customer: taking it away, and having it erased."""

from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from smartseller.throttle import TooOften, count_mailbox
from tenant_shop.customers.erase import ERASE, ask_to_erase
from tenant_shop.customers.erase import erase as erase_customer
from tenant_shop.customers.errors import LinkSpent, OrdersUnderWay
from tenant_shop.customers.export import export_of
from tenant_shop.customers.models import Customer
from tenant_shop.customers.tokens import look_at
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.account.spent import link_spent
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.same_origin import from_own_pages
from tenant_shop.storefront.signed_in import sign_out
from tenant_shop.storefront.visit import Visit

# In an hour, of one customer.
MOST_DOWNLOADS, MOST_MAILS = 20, 5


@require_safe
@for_customers
def my_data(visit: Visit, customer: Customer) -> HttpResponse:
    return _page(visit, customer)


@only_forms
@for_customers
def download(visit: Visit, customer: Customer) -> HttpResponse:
    try:
        count_mailbox(customer.email, "download", most=MOST_DOWNLOADS)
    except TooOften as refusal:
        return _page(visit, customer, problem=str(refusal), status=refusal.status)
    now = timezone.now()
    answer = JsonResponse(export_of(customer, at=now), DjangoJSONEncoder, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="my-data-{now:%Y-%m-%d}.json"'
    return answer


@only_forms
@for_customers
def erase_request(visit: Visit, customer: Customer) -> HttpResponse:
    try:
        count_mailbox(customer.email, "erase", most=MOST_MAILS)
        ask_to_erase(customer)
    except (OrdersUnderWay, TooOften) as refusal:
        return _page(visit, customer, problem=str(refusal), status=refusal.status)
    sentence = _("We have written to %(email)s. Follow the link in the mail to go on.")
    messages.success(visit.request, sentence % {"email": customer.email})
    return redirect("storefront:my_data")


@from_own_pages
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing, because mail scanners follow links; the button does, for good."""
    visit = Visit(request)
    try:
        if request.method == "POST":
            erase_customer(token)
            sign_out(request)
            messages.success(request, _("Your account is deleted."))
            return redirect("storefront:home")
        email = look_at(token, ERASE).email
    except (LinkSpent, OrdersUnderWay) as refusal:
        return link_spent(visit, refusal)
    context: dict[str, Any] = {
        "title": _("Delete your account?"),
        "text": _("The account of %(email)s is deleted, with addresses, lists and your name. It cannot be undone.")
        % {"email": email},
        "button": _("Delete my account for good"),
    }
    return account_page(visit, "link.html", context)


def _page(visit: Visit, customer: Customer, *, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"email": customer.email, "problem": problem}
    return account_page(visit, "my_data.html", context, here="my_data", status=status)
