"""Ways from the platform's host into a shop: the list of one's shops, and ways to find them."""

from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from platform_core.accounts.access import live_access
from platform_core.accounts.mailbox.find_shops import ask_for_shops
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.one_time_login import one_time_token
from platform_core.accounts.shops import OwnShop, own_shops
from platform_core.tenancy.hosts import shop_url
from platform_core.tenants.models import Tenant
from platform_core.website.account.forms import EmailForm
from platform_core.website.exports import closed_shops
from platform_core.website.forms import FindShopForm
from smartseller.throttle import TooOften, count_mailbox, count_visit

# In an hour: mails to one mailbox, and forms from one address.
MOST_TO_A_MAILBOX = 3
MOST_FROM_AN_ADDRESS = 20


@never_cache
@require_http_methods(["GET", "POST"])
def find_shop(request: HttpRequest) -> HttpResponse:
    """By e-mail, the list goes to the mailbox, and the answer is the same for every address. By the shop's address, to
    its log-in, whether there is a shop or not: that, only a visit tells."""
    by_address = "slug" in request.POST
    form = EmailForm(None if by_address else request.POST or None)
    slug_form = FindShopForm(request.POST if by_address else None)
    if request.method == "POST" and by_address and slug_form.is_valid():
        return HttpResponseRedirect(shop_url(slug_form.cleaned_data["slug"], "/login/"))
    if request.method == "POST" and not by_address and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            count_visit(request, "find-shop", most=MOST_FROM_AN_ADDRESS)
            count_mailbox(email, "find-shop", most=MOST_TO_A_MAILBOX)
        except TooOften as refusal:
            form.add_error(None, str(refusal))
        else:
            ask_for_shops(email)
            return render(request, "website/find_shop_asked.html", {"section": "find_shop", "email": email})
    context = {
        "section": "find_shop",
        "form": form,
        "slug_form": slug_form,
        "platform_domain": settings.PLATFORM_DOMAIN,
    }
    return render(request, "website/find_shop.html", context, status=422 if form.errors or slug_form.errors else 200)


@never_cache
@require_safe
@login_required(login_url="website:login")
def shops(request: HttpRequest) -> HttpResponse:
    """The shops that the user may enter."""
    context = {
        "section": "shops",
        "shops": [_line(shop) for shop in own_shops(cast("UUID", request.user.pk))],
        "closed": closed_shops(cast("UUID", request.user.pk)),
    }
    return render(request, "website/shops.html", context)


def _line(shop: OwnShop) -> dict[str, Any]:
    return {
        "slug": shop.slug,
        "name": shop.name,
        "host": host_of_shop(shop.slug),
        "url": shop_url(shop.slug),
        "role": shop.role,
        "status": shop.status,
        "is_open": shop.is_open,
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
    token = one_time_token(user, tenant_id=tenant_id)
    return shop_url(slug, f"/welcome/?{urlencode({'token': token})}")
