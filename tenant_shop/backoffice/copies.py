"""Copies of the shop: archives to take along, and a sandbox to try things in."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hooks import Copies, platform_hooks
from smartseller.client_address import ip_of
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.fresh import when_fresh_to

ARCHIVE, SANDBOX = "shoparchive", "sandbox"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@when_fresh_to("change_sandbox")
def copies(request: HttpRequest, site: AdminSite) -> HttpResponseBase:
    """What there is; on POST an archive or a sandbox is asked for, or the sandbox ended."""
    _check(request, f"view_{SANDBOX}")
    if request.method == "POST":
        try:
            said = _do(request, str(request.POST.get("do")))
        except RuleViolation as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect("admin:copies")
    tenant, fleet = current_tenant(), _fleet()
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "Copies of the shop",
        "archives": fleet.archives(tenant.id) if _may(request, f"view_{ARCHIVE}") else None,
        "sandbox": None if tenant.is_sandbox else fleet.sandbox(tenant.id),
    }
    return TemplateResponse(request, "admin/shop/copies.html", context)


@never_cache
@require_safe
def download(request: HttpRequest, site: AdminSite, archive_id: UUID) -> HttpResponseBase:
    """The archive's file, for owners; 404 for another shop's, and for one whose time is over."""
    _check(request, f"view_{ARCHIVE}")
    try:
        found = _fleet().download(current_tenant().id, archive_id, actor_id=_actor(request), ip_address=ip_of(request))
    except RuleViolation:
        raise Http404 from None
    response = FileResponse(found.file, as_attachment=True, filename=found.name, content_type="application/zip")
    response["Content-Length"] = str(found.size)
    return response


def _do(request: HttpRequest, what: str) -> str:
    """Do it; what was done, for people. In a sandbox nothing is copied: it is one."""
    tenant, fleet = current_tenant(), _fleet()
    if what == "archive":
        _check(request, f"add_{ARCHIVE}")
        fleet.ask_for_archive(tenant.id, actor_id=_actor(request))
        return "The archive is being made. It stands on this page once it is whole."
    if what == "sandbox":
        _check(request, f"add_{SANDBOX}")
        fleet.ask_for_sandbox(tenant.id, anonymise="anonymise" in request.POST, actor_id=_actor(request))
        return "The sandbox is being made. Its address stands on this page."
    if what == "end_sandbox":
        _check(request, f"delete_{SANDBOX}")
        there = fleet.end_sandbox(tenant.id, actor_id=_actor(request))
        return "The sandbox is closed, and deleted tomorrow." if there else "There was no sandbox."
    raise Http404


def _check(request: HttpRequest, code: str) -> None:
    if not _may(request, code):
        raise PermissionDenied


def _may(request: HttpRequest, code: str) -> bool:
    return request.user.has_perm(f"tenant_shop.{code}")


def _actor(request: HttpRequest) -> UUID:
    return cast("UUID", request.user.pk)


def _fleet() -> Copies:
    if platform_hooks.copies is None:
        raise Http404
    return platform_hooks.copies
