"""The first stop of every request: which shop is this, may it be served, and then only as that shop."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.utils import translation

from platform_core.tenancy import directory, status_pages
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.errors import DirectoryUnavailable, UnknownTenant
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenancy.hosts import CustomHost, PlatformHost, ShopHost, host_of, public_url, shop_url

SHOP_URLCONF = "smartseller.urls.shop"
# Answered whatever the shop's state, which is part of the answer.
READINESS_PATH = "/readyz"
# PostgreSQL has no text with it, so that no search and no filter can mean it.
NUL = "%00"
SAFE = ("GET", "HEAD")
# Asked for by programs, which do not follow; and the merchant's.
STAYS_ON_PLATFORM = (*status_pages.MERCHANT_PATHS, "/payments/", "/static/", "/media/")
# Seconds that browsers believe where a shop has moved: a domain can be taken away from it.
MOVED_FOR = 300


class TenantMiddleware:
    """Names the tenant by the host, picks the URLs, and runs the rest of the request inside the shop.

    Sets `request.tenant` (TenantInfo, or None on the platform). Errors of the business that a view raises become
    their pages here; a host that is none is answered with 400, nobody's host with 404.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.META.get("QUERY_STRING", ""):
            with _in_the_language_of_the_address(request):
                return status_pages.bad_request(request)
        reading = host_of(request)
        if isinstance(reading, PlatformHost):
            request.tenant = None  # type: ignore[attr-defined]
            return self.get_response(request)
        if reading is None:
            return status_pages.unknown_host(request.get_host())
        try:
            tenant = (
                directory.by_slug(reading.slug)
                if isinstance(reading, ShopHost)
                else directory.by_domain(reading.domain)
            )
        except UnknownTenant:
            with _in_the_browsers_language(request):
                return status_pages.unknown_host(request.get_host())
        except DirectoryUnavailable:
            with _in_the_browsers_language(request):
                return status_pages.unavailable()
        request.tenant = tenant  # type: ignore[attr-defined]
        request.urlconf = SHOP_URLCONF
        gate = gate_of(tenant)
        may_pay = gate is Gate.SUSPENDED and request.path.startswith(status_pages.BILL_PATHS)
        if gate is not Gate.OPEN and not may_pay and request.path != READINESS_PATH:
            with _in_the_browsers_language(request):
                return status_pages.refused(gate, tenant, request.path)
        if not isinstance(reading, ShopHost) and request.path.startswith(status_pages.MERCHANT_PATHS):
            return HttpResponseRedirect(shop_url(tenant.slug, request.get_full_path()))
        if tenant.domain is not None and _is_to_be_led(request, reading, tenant.domain):
            moved = HttpResponsePermanentRedirect(public_url(tenant.slug, tenant.domain, request.get_full_path()))
            moved["Cache-Control"] = f"max-age={MOVED_FOR}"
            return moved
        return self._inside(tenant, request)

    def _inside(self, tenant: TenantInfo, request: HttpRequest) -> HttpResponseBase:
        with tenant_context(tenant):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            chunks = cast("Iterator[bytes]", response.streaming_content)
            response.streaming_content = _inside_each(tenant, iter(chunks))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return status_pages.of_error(error)


def _is_to_be_led(request: HttpRequest, reading: ShopHost | CustomHost, domain: str) -> bool:
    """Whether this visitor is to go on at the shop's primary domain: who comes by another name of it, without a session
    there. A cart, and what staff look at before it is published, are of the host where they were begun.
    """
    if isinstance(reading, CustomHost):
        return reading.domain != domain and request.method in SAFE
    if request.method not in SAFE or settings.SESSION_COOKIE_NAME in request.COOKIES:
        return False
    return not request.path.startswith(STAYS_ON_PLATFORM) and request.path != READINESS_PATH


def _in_the_language_of_the_address(request: HttpRequest) -> AbstractContextManager[None]:
    """As the path begins, else as the browser asks: what cannot be understood is refused before any shop is asked."""
    return translation.override(translation.get_language_from_request(request, check_path=True))


def _in_the_browsers_language(request: HttpRequest) -> AbstractContextManager[None]:
    """A shop that is not open cannot be asked for its language."""
    return translation.override(translation.get_language_from_request(request))


def _inside_each(tenant: TenantInfo, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The body is produced after the view returned, a chunk at a time: each chunk inside the shop again."""
    while True:
        with tenant_context(tenant):
            try:
                chunk = next(chunks)
            except StopIteration:
                return
        yield chunk
