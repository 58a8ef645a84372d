"""What was typed into a form that could not be taken, because its session had ended or its token was another's: it
waits in the browser's session, and the form comes filled with it once its owner looks at its page again.

Nothing is ever sent by itself, nothing is shown to anybody but who typed it, and what may wait is listed below:
passwords, ticks of agreement and tokens are not. One form at a time, for an hour; a guest's for a quarter of one.
"""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from platform_core.tenancy.context import current_tenant
from smartseller.throttle import TooOften, count_visit
from tenant_shop.customers.models import Customer
from tenant_shop.storefront.address_fields import ADDRESS_FIELDS, BILLING
from tenant_shop.storefront.only_forms import page_of
from tenant_shop.storefront.same_origin import is_from_own_page
from tenant_shop.storefront.signed_in import TYPED_KEY as KEY
from tenant_shop.storefront.visit import Visit

View = Callable[..., HttpResponse]

SALT = "smartseller.storefront.typed"
# The hidden field that says whose form it is.
WHOSE = "whose"
GUEST = "guest"
SECONDS = 3600
SECONDS_OF_A_GUEST = 900
LARGEST_BYTES = 8000
# In an hour, from one address of the network.
MOST_KEPT = 30

_PLACE = tuple(ADDRESS_FIELDS)
_CHECKOUT = (
    "email",
    "phone",
    *_PLACE,
    *(f"{BILLING}{name}" for name in _PLACE),
    "shipping_method",
    "payment_method",
    "purchase_number",
    "points",
    "notes",
)
# What stands before the names of a form's fields.
PREFIX: Mapping[str, str] = {"company": "company-"}
# By the name of the address. Boxes are read as not ticked when the form does not name them.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "checkout": _CHECKOUT,
    "quote_accept": _CHECKOUT,
    "address_new": _PLACE,
    "address": _PLACE,
    "profile": ("first_name", "last_name", "phone", "language"),
    "company": ("name", "tax_id", *_PLACE),
    "review": ("rating", "title", "content"),
    "return_request": ("reason", "note"),
    "quote_new": ("name", "email", "note"),
}
BOXES: Mapping[str, tuple[str, ...]] = {
    "checkout": ("billing_same",),
    "quote_accept": ("billing_same",),
    "address_new": ("is_for_shipping", "is_for_billing"),
    "address": ("is_for_shipping", "is_for_billing"),
    "profile": ("wants_marketing",),
}


def whose(customer: Customer | None) -> str:
    """What a form carries to say who it was made for, "" for a guest's."""
    return signing.dumps(_name(customer), salt=_salt()) if customer is not None else ""


def keep_typed(visit: Visit) -> None:
    """Keep what the form of this request says for whom it was made for. Somebody else who is logged in by now ends it:
    only a guest may have become a customer in between.
    """
    request, match = visit.request, visit.request.resolver_match
    if match is None or str(match.url_name) not in FIELDS:
        return
    owner = _owner(request.POST.get(WHOSE, ""))
    mine = _name(visit.customer)
    if visit.customer is not None and owner not in (mine, GUEST):
        return
    name = str(match.url_name)
    prefix = PREFIX.get(name, "")
    sent = {key: request.POST.get(f"{prefix}{key}") for key in FIELDS[name]}
    fields: dict[str, Any] = {key: value for key, value in sent.items() if value is not None}
    fields |= {key: key in request.POST for key in BOXES.get(name, ())}
    entry = {
        "owner": mine if owner == GUEST else owner,
        "page": _page(request),
        "fields": fields,
        "at": timezone.now().timestamp(),
    }
    if len(json.dumps(entry).encode()) > LARGEST_BYTES:
        return
    try:
        count_visit(request, "typed", most=MOST_KEPT)
    except TooOften:
        return
    request.session[KEY] = entry


def typed_again(visit: Visit) -> dict[str, Any]:
    """What the visitor typed into the form of this page before, by the names of its fields: once."""
    request = visit.request
    if visit.has_no_session or request.method not in ("GET", "HEAD"):
        return {}
    entry = request.session.get(KEY)
    if entry is None or entry["page"] != _page(request):
        return {}
    del request.session[KEY]
    good_for = SECONDS_OF_A_GUEST if entry["owner"] == GUEST else SECONDS
    is_mine = entry["owner"] == _name(visit.customer)
    return dict(entry["fields"]) if is_mine and timezone.now().timestamp() - entry["at"] < good_for else {}


def forget_others(session: SessionBase, customer: Customer) -> None:
    """Somebody logs in: what another person typed in this browser is gone."""
    if KEY in session and session[KEY]["owner"] not in (_name(customer), GUEST):
        del session[KEY]


def keeps_typed(view: View) -> View:
    """For the outside of a view: a form whose token is not this session's (somebody has logged in, in another tab) is
    not taken and not lost. Other sites' forms are refused as ever.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        reached = False

        def taken(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            nonlocal reached
            reached = True
            return view(request, *args, **kwargs)

        response: HttpResponse = csrf_protect(taken)(request, *args, **kwargs)
        if reached or not is_from_own_page(request) or request.resolver_match is None:
            return response
        keep_typed(Visit(request))
        messages.warning(request, _("This page was out of date: nothing was done. Please check and send it again."))
        return redirect(page_of(request.resolver_match))

    exempt: View = csrf_exempt(guarded)
    return exempt


def _owner(sealed: str) -> str:
    """Nobody's when the form is not one of ours."""
    if not sealed:
        return GUEST
    try:
        return str(signing.loads(sealed, salt=_salt()))
    except signing.BadSignature:
        return ""


def _name(customer: Customer | None) -> str:
    return GUEST if customer is None else customer.pk.hex


def _page(request: HttpRequest) -> list[str]:
    """The page in any language."""
    match = request.resolver_match
    return [] if match is None else [str(match.url_name), *map(str, match.kwargs.values())]


def _salt() -> str:
    return f"{SALT}.{current_tenant().id.hex}"
