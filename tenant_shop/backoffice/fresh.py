"""Proving again who one is, before something dangerous; and what nobody does in somebody's place."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from platform_core.accounts.entering import prove_again
from platform_core.accounts.impersonation.errors import NotForGuests
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.passwords import LONGEST
from platform_core.accounts.sessions.models import UserSession
from platform_core.accounts.sessions.open import is_fresh
from platform_core.tenancy.context import current_tenant
from smartseller.errors import RuleViolation
from tenant_shop.backoffice.access import staff_required
from tenant_shop.backoffice.log_in import CodeForm

DO_IT_AGAIN = "Once we know that it is you, please do it again."
NOT_YOURS = "This is not your password, or it was tried too often: then wait 15 minutes."
View = Callable[..., HttpResponseBase]


class OwnPasswordForm(forms.Form):
    """The password that one has."""

    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


def when_fresh_to(permission: str, *, before_the_form: bool = False) -> Callable[[View], View]:
    """A view whose forms are answered only to who has proven in the last minutes who they are; others are asked to,
    and led back: `before_the_form` is shown, where filling it in twice would be a burden. In somebody's place they are
    answered to nobody. Looking is for all, and whoever has no `permission` is refused as ever, without being asked who
    they are.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_form = request.method == "POST"
            if not is_form and not before_the_form:
                return view(request, *args, **kwargs)
            session = session_of(request)
            if session.impersonation is not None and is_form:
                raise NotForGuests
            if not is_fresh(session) and request.user.has_perm(f"tenant_shop.{permission}"):
                return _asked_first(request)
            return view(request, *args, **kwargs)

        return guarded

    return guard


def session_of(request: HttpRequest) -> UserSession:
    """The row of the browser of who is behind the counter."""
    return cast("UserSession", cast("PlatformUser", request.user).session)


def _asked_first(request: HttpRequest) -> HttpResponseBase:
    """Back to the page that was wanted, or that the form stood on: that has to be sent again."""
    if request.method != "POST":
        return HttpResponseRedirect(f"{reverse('staff:confirm')}?{urlencode({'next': request.get_full_path()})}")
    came_from = request.META.get("HTTP_REFERER", "")
    back = came_from if _is_here(request, came_from) else reverse("dashboard:home")
    return HttpResponseRedirect(f"{reverse('staff:confirm')}?{urlencode({'next': back, 'again': '1'})}")


def _is_here(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
@staff_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code of who has a second factor, and for the password of who has none."""
    session = session_of(request)
    if session.impersonation is not None:
        raise NotForGuests
    by_code = session.user.two_factor_enabled
    form = (CodeForm if by_code else OwnPasswordForm)(request.POST or None)
    wanted = request.POST.get("next", request.GET.get("next", ""))
    back = wanted if _is_here(request, wanted) else reverse("dashboard:home")
    if request.method == "POST" and form.is_valid():
        try:
            prove_again(request, session, next(iter(form.cleaned_data.values())))
        except RuleViolation as refusal:
            form.add_error(None, str(refusal) if by_code else NOT_YOURS)
        else:
            return HttpResponseRedirect(back)
    context = {
        "form": form,
        "by_code": by_code,
        "next": back,
        "notice": DO_IT_AGAIN if "again" in request.GET else "",
        "shop_name": current_tenant().name,
    }
    return render(request, "dashboard/confirm.html", context, status=422 if form.errors else 200)
