"""Who may open the pages of an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.sessions.open import is_fresh

View = Callable[..., HttpResponse]
DO_IT_AGAIN = "Now that we know it is you, please do it again."


def for_users(view: View) -> View:
    """Only for who is logged in; others are led to the log-in and back. Nothing private is kept by a cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, PlatformUser):
            return _led_to(request, "website:login")
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def when_fresh(view: View) -> View:
    """Only for who has proven in the last minutes who they are; others are asked to, and led back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_fresh(session_of(request)):
            if request.method == "POST":
                messages.info(request, DO_IT_AGAIN)
            return _led_to(request, "website:confirm")
        return view(request, *args, **kwargs)

    return for_users(guarded)


def session_of(request: HttpRequest) -> UserSession:
    """The row of the browser of who is logged in."""
    return cast("UserSession", user_of(request).session)


def user_of(request: HttpRequest) -> PlatformUser:
    """Who is logged in, behind `for_users`."""
    return cast("PlatformUser", request.user)


def wanted_path(request: HttpRequest, otherwise: str) -> str:
    """Where the visitor wanted to go, as long as it is on this host."""
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return otherwise


def _led_to(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
