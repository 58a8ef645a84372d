"""Archives of shops on the platform's host: by a signed link, and for the owners of a shop whose own host is closed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from psycopg import OperationalError

from platform_core.accounts.access import live_access
from platform_core.accounts.models import AccessRole, PlatformUser, TenantAccess
from platform_core.accounts.staff.seats import LIVE
from platform_core.fleet.copies.errors import ExportGone, ExportUnderWay
from platform_core.fleet.copies.export import (
    ask_for_export,
    export_soon,
    file_name,
    is_there,
    link_token,
    open_export,
    read_token,
)
from platform_core.fleet.copies.models import ExportState, ShopExport
from platform_core.fleet.window import window_ends
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus
from smartseller.client_address import ip_of

# Whose own host shows nobody its back office.
CLOSED = (TenantStatus.SUSPENDED, TenantStatus.CANCELLED)


@never_cache
@require_safe
def export(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file; 404 for a link that is forged or whose time is over."""
    try:
        found = read_token(token)
    except ExportGone:
        raise Http404 from None
    if request.method == "HEAD":
        return FileResponse(iter(()), content_type="application/zip")
    actor = request.user.pk if request.user.is_authenticated else None
    file = open_export(found, actor_id=actor, ip_address=ip_of(request))
    response = FileResponse(file, as_attachment=True, filename=file_name(found), content_type="application/zip")
    response["Content-Length"] = str(found.size)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_POST
@login_required(login_url="website:login")
def ask(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Have the archive of a closed shop made for its owner; 404 for anybody else, and once its database is closed."""
    tenant, user = Tenant.objects.filter(slug=slug, status__in=CLOSED).first(), request.user
    access = live_access(user.pk, tenant.pk) if tenant is not None and isinstance(user, PlatformUser) else None
    if tenant is None or access is None or access.role != AccessRole.OWNER:
        raise Http404
    try:
        export_soon(ask_for_export(tenant.pk, actor_id=user.pk).pk)
    except StandingRefused:
        raise Http404 from None
    except ExportUnderWay:
        pass  # pressed twice
    return HttpResponseRedirect(reverse("website:shops"))


def closed_shops(user_id: UUID) -> list[dict[str, Any]]:
    """The closed shops of an owner, sandboxes aside, each with its newest archive, whether one can be made, and until
    when at least. Two statements, and for each shop a few more and a question to its server.
    """
    owned = TenantAccess.objects.filter(
        LIVE, platform_user=user_id, role=AccessRole.OWNER, tenant__status__in=CLOSED, tenant__sandbox_of=None
    ).select_related("tenant")
    tenants = {access.tenant.pk: access.tenant for access in owned}
    if not tenants:
        return []
    newest: dict[UUID, ShopExport] = {}
    for found in ShopExport.objects.filter(tenant__in=tenants).select_related("tenant"):
        newest.setdefault(found.tenant_id, found)
    return [
        {
            "slug": tenant.slug,
            "name": tenant.name,
            "archive": newest.get(tenant.pk),
            "url": _link(newest.get(tenant.pk)),
            "can_ask": _can_ask(tenant),
            "until": _until(tenant),
        }
        for tenant in tenants.values()
    ]


def _can_ask(tenant: Tenant) -> bool:
    try:
        return is_there(tenant)
    except OperationalError:
        return True  # nobody knows just now


def _until(tenant: Tenant) -> datetime | None:
    ends = window_ends(tenant)
    return ends if ends is not None and ends > timezone.now() else None


def _link(found: ShopExport | None) -> str:
    if found is None or found.state != ExportState.READY:
        return ""
    return reverse("website:export", args=[link_token(found)])
