"""Which answers are pages that a person looked at."""

import re
from collections.abc import Callable
from functools import lru_cache

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from smartseller.client_address import address_of
from tenant_shop.analytics.note_view import note_view
from tenant_shop.configuration.languages import codes
from tenant_shop.storefront.preview import COOKIE as PREVIEW_COOKIE

# Every browser begins its name like this, and few programs do that do not mean to pass for one.
BROWSER = "Mozilla/"
# Those that say what they are: robots, previews of links, programs that look after sites.
ROBOT = re.compile(
    r"(?<!\bcu)bot\b|crawl|spider|slurp|archiver|preview|facebookexternalhit|bingpreview|headless|lighthouse|pagespeed|phantomjs"
    r"|monitor|uptime|scan|feedfetch|validator|\+https?://",
    re.IGNORECASE,
)
# First parts of paths that are no pages of the storefront.
ELSEWHERE = frozenset({"admin", "api", "dashboard", "media", "readyz", "static"})


class PageViewsMiddleware:
    """Stands between the fence and shared pages, and counts what they answer: no statement, and no word with Redis.

    Counted are pages that a browser asked for as a whole, also when it had it already (304). Not counted are robots,
    staff of the shop, what a browser fetches in advance, and parts of pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "GET" and getattr(request, "tenant", None) is not None:
            meta = request.META
            browser = meta.get("HTTP_USER_AGENT", "")
            if _is_person(browser) and _is_page(request, response) and not _is_of_staff(request):
                note_view(address_of(request), browser)
        return response


@lru_cache(maxsize=4096)
def _is_person(browser: str) -> bool:
    return browser.startswith(BROWSER) and ROBOT.search(browser) is None


def _is_page(request: HttpRequest, response: HttpResponseBase) -> bool:
    meta = request.META
    if "HTTP_HX_REQUEST" in meta or "prefetch" in meta.get("HTTP_SEC_PURPOSE", ""):
        return False
    if response.status_code == 200:
        return response.headers.get("Content-Type", "").startswith("text/html") and _may_be_page(request.path)
    return response.status_code == 304 and "." not in request.path and _may_be_page(request.path)


@lru_cache(maxsize=4096)
def _may_be_page(path: str) -> bool:
    """Whether the first part of a path, its language left out, is of the storefront."""
    _, first, *rest = path.split("/", 3)
    return (rest[0] if rest and first in codes() else first) not in ELSEWHERE


def _is_of_staff(request: HttpRequest) -> bool:
    """Whether somebody is logged in who works for the shop. The session is looked at only if the page has read it."""
    if PREVIEW_COOKIE in request.META.get("HTTP_COOKIE", ""):
        return True
    session = getattr(request, "session", None)
    return session is not None and SESSION_KEY in getattr(session, "_session_cache", ())
