"""Answering strangers with shared pages before anything else is asked for."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from platform_core.tenancy.context import current_tenant
from smartseller.errors import SmartSellerError
from tenant_shop.catalog.known_version import learn_version
from tenant_shop.configuration.languages import forget_languages
from tenant_shop.storefront.personal import is_stranger
from tenant_shop.storefront.shared.address import Address, address_of
from tenant_shop.storefront.shared.page import Page, compress
from tenant_shop.storefront.shared.store import Search, keep, lives_until, look
from tenant_shop.storefront.shared.view import FILLED, MADE, OWN, SEARCH

# What a shared page may vary by: a page that varies by anything else is not the same for everybody.
VARIES_BY = frozenset({"cookie", "accept-encoding", "hx-request"})


class SharedPagesMiddleware:
    """Stands right behind the fence: a page that is known costs one round trip, and neither session nor statement.

    Only what a stranger was shown is kept, so that nothing personal can be in it: the page was made without knowing
    anybody, answered with 200, and started nothing that a cookie would remember.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if getattr(request, "tenant", None) is None:
            return self.get_response(request)
        response = self._answer(request) if settings.SHARED_PAGES else self.get_response(request)
        if _is_page(response):
            compress(request, cast("HttpResponse", response))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        address = address_of(request)
        search = look(address) if address else None
        if address is None or search is None:
            return self.get_response(request)
        if search.version is None:
            search.version = _learned()
        stranger = is_stranger(request)
        if stranger and search.page is not None:
            request.answered_from = "(shared page)"  # type: ignore[attr-defined]
            return search.page.for_stranger(request)
        setattr(request, SEARCH, search)
        _trust_nothing_older(search.version)
        response = self.get_response(request)
        if stranger and search.version is not None and _may_be_kept(request, response, address):
            return _kept(request, cast("HttpResponse", response), search, search.version)
        return response


def _learned() -> int | None:
    """The version from the shop's database; None when that cannot be asked, which the page will find out and say."""
    try:
        return learn_version()
    except (DatabaseError, InterfaceError, SmartSellerError):
        return None


def _is_page(response: HttpResponseBase) -> bool:
    """Whether it is a view's shared page on its way to one visitor: it holds no secret, and is not compressed yet."""
    return response.status_code == 200 and (hasattr(response, MADE) or hasattr(response, FILLED))


# By alias: the version under which this process last made a page.
_last_made: dict[str, int | None] = {}
MOST_SHOPS = 20_000


def _trust_nothing_older(version: int | None) -> None:
    """A page is made of what is read after its version: what this process remembers of the shop was read before."""
    alias = current_tenant().alias
    if version is None or _last_made.get(alias) != version:
        forget_languages()
        if len(_last_made) >= MOST_SHOPS:
            _last_made.clear()
        _last_made[alias] = version


def _may_be_kept(request: HttpRequest, response: HttpResponseBase, address: Address) -> bool:
    varies_by = {name.strip().lower() for name in response.headers.get("Vary", "").split(",") if name.strip()}
    return (
        hasattr(response, MADE)
        and (address.is_common or getattr(response, OWN, None) == request.get_full_path())
        and response.status_code == 200
        and request.method == "GET"
        and not response.cookies
        and varies_by <= VARIES_BY
    )


def _kept(request: HttpRequest, response: HttpResponse, search: Search, version: int) -> HttpResponse:
    """The answer to the stranger whose request made the page."""
    page = Page.of(
        response,
        digest=search.address.digest,
        version=version,
        until=lives_until(search),
        language=getattr(response, MADE),
    )
    if page is None:
        return response
    keep(search, page)
    return page.for_stranger(request)
