"""Ways from the platform's host into a shop: the list of one's shops, and a search by address."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from platform_core.accounts.access import live_access
from platform_core.accounts.models import PlatformUser, TenantAccess
from platform_core.accounts.one_time_login import one_time_token
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.website.forms import FindShopForm


@never_cache
@require_http_methods(["GET", "POST"])
def find_shop(request: HttpRequest) -> HttpResponse:
    """Lead to the log-in of the shop with this address."""
    form = FindShopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        slug = form.cleaned_data["slug"]
        if Tenant.objects.filter(slug=slug).exclude(status=TenantStatus.CANCELLED).exists():
            return HttpResponseRedirect(shop_url(slug, "/login/"))
        form.add_error("slug", "There is no shop at this address.")
    context = {"section": "find_shop", "form": form, "platform_domain": settings.PLATFORM_DOMAIN}
    return render(request, "website/find_shop.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@login_required(login_url="website:login")
def shops(request: HttpRequest) -> HttpResponse:
    """The shops that the user may enter."""
    accesses = (
        TenantAccess.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=Now()), platform_user=request.user.pk, is_active=True
        )
        .exclude(tenant__status=TenantStatus.CANCELLED)
        .select_related("tenant")
        .order_by("tenant__name", "tenant__slug")
    )
    context = {"section": "shops", "shops": [_line(access) for access in accesses]}
    return render(request, "website/shops.html", context)


def _line(access: TenantAccess) -> dict[str, Any]:
    tenant = access.tenant
    return {
        "slug": tenant.slug,
        "name": tenant.name,
        "host": host_of_shop(tenant.slug),
        "url": shop_url(tenant.slug),
        "role": access.get_role_display(),
        "status": tenant.get_status_display(),
        "is_open": tenant.is_active,
    }


def host_of_shop(slug: str) -> str:
    """A shop's host as people copy it: with the port, where there is one."""
    return urlsplit(shop_url(slug)).netloc


@never_cache
@require_safe
@login_required(login_url="website:login")
def enter_shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead the user, logged in here, into a shop where a live access lets him in; 404 for any other shop."""
    tenant = Tenant.objects.filter(slug=slug).first()
    user = request.user
    if tenant is None or not isinstance(user, PlatformUser) or live_access(user.pk, tenant.pk) is None:
        raise Http404
    return HttpResponseRedirect(entry_url(user, tenant.pk, tenant.slug))


def entry_url(user: PlatformUser, tenant_id: UUID, slug: str) -> str:
    """The address on the shop's host that logs `user` in, once and soon."""
    return shop_url(slug, f"/welcome/?{urlencode({'token': one_time_token(user, tenant_id=tenant_id)})}")
