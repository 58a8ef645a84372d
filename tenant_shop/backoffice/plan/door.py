"""What the pages of the plan share: who may come in, which day it is, and how refusals are told."""

from collections.abc import Callable
from datetime import UTC, date
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from smartseller.errors import NotReady, RuleViolation
from tenant_shop.backoffice.fresh import when_fresh_to

View = Callable[..., HttpResponseBase]
BILLING_WORDS = {"monthly": "a month", "annual": "a year"}


def for_owners(view: View) -> View:
    """Owners only, and not in a sandbox, which costs nothing; who changes something has just proven who they are. What
    a rule refuses is told on the plan's page."""

    @wraps(view)
    @when_fresh_to("change_billing")
    def guarded(request: HttpRequest, site: AdminSite, **parts: Any) -> HttpResponseBase:
        if not may_change(request):
            raise PermissionDenied
        try:
            return view(request, site, **parts)
        except (RuleViolation, NotReady) as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:plan")

    return guarded


def may_change(request: HttpRequest) -> bool:
    return request.user.has_perm("tenant_shop.change_billing") and not current_tenant().is_sandbox


def today() -> date:
    """Days of bills are in UTC."""
    return timezone.now().astimezone(UTC).date()


def actor(request: HttpRequest) -> UUID:
    return cast("UUID", request.user.pk)
