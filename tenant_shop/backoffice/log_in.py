"""The staff's log-in on a shop's host. Their session lives in the shop's database and opens this shop only."""

from typing import Any

from django import forms
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platform_core.accounts.access import live_access
from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.one_time_login import LinkSpent, redeem
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import platform_url
from tenant_shop.backoffice.access import staff_access

LONGEST_PASSWORD = 1000


class LogInForm(forms.Form):
    """E-mail address and password of one of the shop's people."""

    username = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    user: PlatformUser

    def clean(self) -> dict[str, Any] | None:
        """Errors: the one sentence of LogInRefused, for people without access to this shop too."""
        found = super().clean()
        if found and not self.errors:
            try:
                user = verify_credentials(found["username"], found["password"])
                if live_access(user.pk, current_tenant().id) is None:
                    raise LogInRefused
            except LogInRefused as error:
                raise forms.ValidationError(str(error), code=error.code) from error
            self.user = user
        return found


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; back to where the visitor wanted to go, or to the dashboard."""
    if request.method == "GET":
        if staff_access(request) is not None:
            return HttpResponseRedirect(_destination(request))
        return _page(request, LogInForm())
    form = LogInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    login(request, form.user)
    return HttpResponseRedirect(_destination(request))


@never_cache
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    """Log in with the platform's one-time link. A spent link leads to the log-in page, which says so."""
    try:
        user = redeem(request.GET.get("token", ""), tenant_id=current_tenant().id)
        if live_access(user.pk, current_tenant().id) is None:
            raise LinkSpent
    except LinkSpent as error:
        return _page(request, LogInForm(), status=error.status, notice=str(error))
    login(request, user)
    response = redirect("dashboard:home")
    # The token is spent, but it need not stand in another server's log.
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session in this shop."""
    logout(request)
    return redirect("staff:log-in")


def _page(request: HttpRequest, form: LogInForm, *, status: int = 200, notice: str = "") -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "notice": notice,
        "shop_name": current_tenant().name,
        "platform_url": platform_url("/find-my-shop/"),
    }
    return render(request, "dashboard/login.html", context, status=status)


def _destination(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("dashboard:home")
