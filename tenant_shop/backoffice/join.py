"""Accepting an invitation to the shop's people, by the link in the mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from platform_core.accounts.entering import enter
from platform_core.accounts.sessions.open import Proof
from platform_core.accounts.staff.accept import accept_invitation, find_invitation, needs_password
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.tenancy.context import current_tenant
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.access import staff_access
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.backoffice.staff_forms import NewAccountForm


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Say what the invitation offers, and accept it. Who has an account logs in afterwards, as always."""
    try:
        invitation = find_invitation(token, tenant_id=current_tenant().id)
        response = _page_of(request, token, invitation)
    except RuleViolation as refusal:
        response = _page(request, status=refusal.status, refusal=str(refusal))
    # The link is as good as a password until it is spent. With no-referrer, browsers would send the form from nowhere,
    # and the check against forged forms would refuse it.
    response["Referrer-Policy"] = "same-origin"
    return response


def _page_of(request: HttpRequest, token: str, invitation: TenantInvitation) -> HttpResponse:
    is_new = needs_password(invitation)
    form = NewAccountForm(request.POST or None, email=invitation.email) if is_new else None
    if request.method == "GET" or (form is not None and not form.is_valid()):
        return _page(request, invitation=invitation, form=form, status=200 if request.method == "GET" else 422)
    given = form.cleaned_data if form is not None else {}
    joined = accept_invitation(
        token,
        tenant_id=current_tenant().id,
        password=given.get("password", ""),
        first_name=given.get("first_name", ""),
        last_name=given.get("last_name", ""),
        origin=origin_of(request),
    )
    if joined.is_new:
        enter(request, joined.user, Proof.now(two_factor=False))
        return redirect("dashboard:home")
    # A session of this host may be the account's own; staff_access asked before there was an access.
    if request.user.pk == joined.user.pk:
        return redirect("dashboard:home")
    return _page(request, invitation=invitation, accepted=True)


def _page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    is_here = staff_access(request) is not None
    values = {"shop_name": current_tenant().name, "is_here": is_here, **context}
    return render(request, "dashboard/join.html", values, status=status)
