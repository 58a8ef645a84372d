"""Where the customer is logged in, and logging out elsewhere."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenant_shop.customers.models import Customer
from tenant_shop.customers.sessions import CustomerSession, end_session, end_sessions, sessions_of
from tenant_shop.storefront.account.gate import account_page, for_customers
from tenant_shop.storefront.only_forms import only_forms
from tenant_shop.storefront.visit import Visit

# The first that a browser calls itself by is what it is; most claim to be others as well.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@require_safe
@for_customers
def sessions(visit: Visit, customer: Customer) -> HttpResponse:
    here = visit.signed_in.pk if visit.signed_in else None
    rows = [_row(session, here) for session in sessions_of(customer)]
    return account_page(visit, "sessions.html", {"sessions": rows}, here="sessions")


@only_forms
@for_customers
def end(visit: Visit, customer: Customer) -> HttpResponse:
    """One of them, or all but this one when none is named."""
    here = visit.signed_in.pk if visit.signed_in else None
    named = visit.request.POST.get("session", "")
    if not named:
        end_sessions(customer.pk, but=here)
        messages.success(visit.request, _("You are logged out everywhere else."))
    elif re.fullmatch(r"[0-9a-f]{32}", named):
        end_session(customer.pk, UUID(named))
        messages.success(visit.request, _("That device is logged out."))
    return redirect("storefront:sessions")


def _row(session: CustomerSession, here: UUID | None) -> dict[str, Any]:
    return {
        "id": session.pk.hex,
        "device": _device(session.device),
        "since": session.created_at,
        "seen": session.last_seen_at,
        "is_here": session.pk == here,
    }


def _device(text: str) -> str:
    browser = next((name for mark, name in BROWSERS if mark in text), "")
    system = next((name for mark, name in SYSTEMS if mark in text), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")
