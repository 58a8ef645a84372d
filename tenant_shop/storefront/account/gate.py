"""Pages that only a customer gets, and the frame around them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from tenant_shop.companies.requests import waiting_for
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.quotes.request import may_ask
from tenant_shop.storefront.only_forms import page_of
from tenant_shop.storefront.typed import keep_typed, keeps_typed, whose
from tenant_shop.storefront.visit import Visit

Parameters = ParamSpec("Parameters")
CustomersView = Callable[Concatenate[Visit, Customer, Parameters], HttpResponse]
View = Callable[..., HttpResponse]

# Name of the address, and what the menu of the account calls it.
MENU = (
    ("account", _("Overview")),
    ("my_orders", _("Orders")),
    ("my_quotes", _("Quotes")),
    ("wishlist", _("Wishlist")),
    ("my_reviews", _("Reviews")),
    ("points", _("Points")),
    ("company", _("Company")),
    ("addresses", _("Addresses")),
    ("profile", _("Profile")),
    ("sessions", _("Log-ins")),
    ("my_data", _("Your data")),
)


def for_customers(view: CustomersView[Parameters]) -> View:
    """Guests are led to the log-in and come back afterwards, to what they had typed, too. Forms are checked by
    Django's token.
    """

    @keeps_typed
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        visit = Visit(request)
        if visit.customer is not None:
            return view(visit, visit.customer, *args, **kwargs)
        back = request.get_full_path()
        if request.method not in ("GET", "HEAD") and request.resolver_match is not None:
            back = page_of(request.resolver_match)
            keep_typed(visit)
        return redirect(f"{reverse('storefront:log_in')}?{urlencode({'next': back})}")

    return guarded


def safe_next(request: HttpRequest, default: str) -> str:
    """Where the form or the query wants to go on: a path of this shop, or else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own else default


def _is_shown(name: str, visit: Visit) -> bool:
    """Whether the shop has what the entry of the menu leads to."""
    match name:
        case "points":
            return loyalty_rules(visit.settings.loyalty).is_on
        case "company":
            return visit.settings.company_accounts
        case "my_quotes":
            return may_ask(visit.settings, is_customer=True)
    return True


def account_page(
    visit: Visit, template: str, context: dict[str, Any], *, here: str = "", status: int = 200
) -> HttpResponse:
    """A page in the frame of the account; `here` names the entry of the menu that it belongs to."""
    waiting = waiting_for(visit.member) if visit.member is not None and visit.company is not None else 0
    menu = [
        {
            "label": label,
            "url": reverse(f"storefront:{name}"),
            "current": name == here,
            "waiting": waiting if name == "company" else 0,
        }
        for name, label in MENU
        if visit.customer and _is_shown(name, visit)
    ]
    frame = {"menu": menu, "requests_waiting": waiting, "customer": visit.customer, "whose": whose(visit.customer)}
    return visit.page(f"storefront/account/{template}", frame | context, status=status)
