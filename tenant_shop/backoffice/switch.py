"""From one shop into another, for who works in many."""

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from platform_core.accounts.impersonation.errors import NotForGuests
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.one_time_login import one_time_token
from platform_core.accounts.shops import OwnShop, own_shop, own_shops
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import platform_url, shop_url
from tenant_shop.backoffice.access import staff_required


@never_cache
@require_safe
@staff_required
def switch(request: HttpRequest) -> HttpResponse:
    """The shops that let the user in, this one marked. In somebody's place there is only this one."""
    shops: list[OwnShop] = [] if _user(request).impersonation else own_shops(_user(request).pk)
    context = {
        "shop_name": current_tenant().name,
        "section": "switch",
        "shops": [{"shop": shop, "is_here": shop.tenant_id == current_tenant().id} for shop in shops],
        "platform_url": platform_url("/shops/"),
    }
    return render(request, "dashboard/switch.html", context)


@never_cache
@require_safe
@staff_required
def go(request: HttpRequest, slug: str) -> HttpResponse:
    """Into another of the user's shops, by a link that works once and carries the proofs of this session; 404 for any
    other shop."""
    user = _user(request)
    if user.impersonation is not None:
        raise NotForGuests
    shop = own_shop(user.pk, slug)
    if shop is None or not shop.is_open:
        raise Http404
    token = one_time_token(user, tenant_id=shop.tenant_id)
    return HttpResponseRedirect(shop_url(shop.slug, f"/welcome/?{urlencode({'token': token})}"))


def _user(request: HttpRequest) -> PlatformUser:
    return cast("PlatformUser", request.user)
