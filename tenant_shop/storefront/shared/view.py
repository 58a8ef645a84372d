"""Marking a view whose page is shared."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

from tenant_shop.storefront.personal import fill
from tenant_shop.storefront.shared.page import Page
from tenant_shop.storefront.shared.store import Search
from tenant_shop.storefront.visit import Visit

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]

SEARCH = "shared_search"
MADE = "shared_language"
OWN = "shared_address"
FILLED = "shared_filled"


def shared_page(view: View[Parameters]) -> View[Parameters]:
    """The view's page is the same for everybody, but for its personal parts.

    A stranger's request makes the page that later visitors get, until the catalogue changes. The middleware answers
    strangers before any view; here a known visitor gets the page with the own parts filled in. Who buys at prices of
    their own gets a page made for them alone: it is never kept, for a stranger's request did not make it.
    """

    @wraps(view)
    def shared(request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponse:
        search: Search | None = getattr(request, SEARCH, None)
        if search is not None and search.page is not None:
            visit = Visit(request)
            if visit.group is None:
                return _filled(search.page, visit)
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        setattr(response, MADE, translation.get_language())
        return response

    return shared


def with_own_address(response: HttpResponse, address: str) -> HttpResponse:
    """`response` with the address that the shop's pages link to: asked for by exactly that one, it is worth keeping.

    `address` is path and query. Anybody can invent addresses; only views know which of them are real.
    """
    setattr(response, OWN, address)
    return response


def _filled(page: Page, visit: Visit) -> HttpResponse:
    with translation.override(page.language):
        response = page.with_text(fill(page.text, visit))
    setattr(response, FILLED, True)
    return response
