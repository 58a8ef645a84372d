"""Pages for what the fence refuses and for failures: no session, no query, no static file behind them."""

import logging
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.errors import ShopBusy, WrongDatabase
from platform_core.tenancy.gate import Gate, note_unavailable
from platform_core.tenancy.hosts import platform_url
from smartseller.errors import NotReady, SmartSellerError

# Seconds, for Retry-After and for pages that refresh themselves.
RETRY_AFTER = 5
PREPARING_REFRESH = 2
# A merchant's doors, where a suspended shop shows why.
MERCHANT_PATHS = (
    "/admin/", "/dashboard/", "/login/", "/logout/", "/confirm/", "/switch/", "/welcome/", "/join/", "/api/",
)  # fmt: skip
# What of them a suspended shop opens: whoever owes something has to be able to pay it.
BILL_PATHS = ("/admin/plan/", "/login/", "/logout/", "/confirm/", "/static/")

logger = logging.getLogger(__name__)


def _page(template: str, status: int, **context: object) -> HttpResponse:
    response = HttpResponse(
        render_to_string(
            f"status/{template}.html", {"platform_url": platform_url(), "front_page": get_script_prefix(), **context}
        ),
        status=status,
    )
    response["Cache-Control"] = "no-store"
    return response


def unknown_host(host: str) -> HttpResponse:
    return _page("not_found", 404, host=host)


def refused(gate: Gate, tenant: TenantInfo, path: str) -> HttpResponse:
    """The answer of a shop that is not open."""
    if path == "/robots.txt" and gate is not Gate.UNAVAILABLE:
        # An error would mean that everything may be visited.
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    match gate:
        case Gate.GONE:
            return _page("gone", 410)
        case Gate.PREPARING:
            response = _page("preparing", 202, shop_name=tenant.name, refresh_seconds=PREPARING_REFRESH)
            response["Refresh"] = str(PREPARING_REFRESH)
            return response
        case Gate.SUSPENDED if path.startswith(MERCHANT_PATHS):
            return _page("billing", 402, shop_name=tenant.name, support_email=settings.SUPPORT_EMAIL)
        case Gate.SUSPENDED:
            return _page("closed", 403, shop_name=tenant.name)
        case _:
            note_unavailable(tenant)
            return unavailable()


def unavailable() -> HttpResponse:
    response = _page("unavailable", 503, retry_seconds=RETRY_AFTER)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def busy(error: ShopBusy) -> HttpResponse:
    response = _page("busy", error.status, message=str(error), retry_seconds=RETRY_AFTER)
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def of_error(error: BaseException) -> HttpResponse | None:
    """The page of an error that people may read; None for a fault of the program.

    A database that cannot be reached is 503: the request may be tried again.
    """
    if isinstance(error, ShopBusy):
        logger.warning("a shopper was sent away: a lock was held for too long")
        return busy(error)
    if isinstance(error, OperationalError | InterfaceError | NotReady | WrongDatabase):
        logger.error("answered with 503: %s", error)
        return unavailable()
    if isinstance(error, SmartSellerError) and error.status < 500:
        return _page("refused", error.status, message=str(error))
    return None


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("refused", 400, message=_("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("403", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("404", 404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page("csrf", 403)


def server_error(request: HttpRequest) -> HttpResponse:
    """The last resort: 503 while a server is down, else 500."""
    error = sys.exc_info()[1]
    return (of_error(error) if error else None) or _page("500", 500)
