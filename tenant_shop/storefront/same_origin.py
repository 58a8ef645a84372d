"""Refusing forms that another site sent, without a cookie.

Django's token needs one, and a visitor who only looks around gets none. Browsers say where a form comes from, in
headers that a page cannot forge; a client that says nothing is no browser, and carries nobody's session by accident.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]


def from_own_pages(view: View) -> View:
    """Answer 403 to a form that comes from another origin, in place of the check by token.

    Source: Fetch Metadata (`Sec-Fetch-Site`), and RFC 6454 (`Origin`) for browsers that do not send it.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if is_from_own_page(request) is False:
            raise PermissionDenied("The form was sent from another site.")
        return view(request, *args, **kwargs)

    exempt: View = csrf_exempt(guarded)
    return exempt


def is_from_own_page(request: HttpRequest) -> bool | None:
    """Whether a page of this shop sent the form, as its headers say; None when they say nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    return None if origin is None else urlsplit(origin).netloc.lower() == request.get_host().lower()
