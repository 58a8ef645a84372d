"""The staff's log-in on a shop's host. Their session lives in the shop's database and opens this shop only."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from platform_core.accounts.access import access_of, live_access, needs_second_factor
from platform_core.accounts.entering import enter, enter_by_code, enter_by_password, leave, network, waiting_user
from platform_core.accounts.impersonation.end import end_impersonation
from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.one_time_login import LinkSpent, redeem
from platform_core.accounts.passwords import LONGEST
from platform_core.accounts.two_factor.errors import CodeRefused
from platform_core.audit.record import record_of
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import platform_url
from tenant_shop.backoffice.access import staff_access
from tenant_shop.backoffice.origin import BY_LINK, origin_of

LONGEST_CODE = 40
NO_FACTOR = (
    "This shop asks its people for two-factor log-in. Switch it on in your SmartSeller account, then log in here."
)


class LogInForm(forms.Form):
    """E-mail address and password of one of the shop's people."""

    username = forms.EmailField(
        label="E-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    user: PlatformUser
    lacks_factor = False

    def __init__(self, data: Any = None, *, network: str = "") -> None:
        super().__init__(data)
        self.network = network

    def clean(self) -> dict[str, Any] | None:
        """Errors: the one sentence of LogInRefused, for people without access to this shop too."""
        found = super().clean()
        if found and not self.errors:
            try:
                user = verify_credentials(found["username"], found["password"], network=self.network)
                access = live_access(user.pk, current_tenant().id)
                if access is None:
                    raise LogInRefused
            except LogInRefused as error:
                raise forms.ValidationError(str(error), code=error.code) from error
            self.user = user
            self.lacks_factor = needs_second_factor(user, access) and not user.two_factor_enabled
        return found


class CodeForm(forms.Form):
    """A code from the telephone, or from the sheet of paper."""

    code = forms.CharField(
        label="Code",
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": True}
        ),
    )


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page; back to where the visitor wanted to go, or to the dashboard."""
    if request.method == "GET":
        if staff_access(request) is not None:
            return HttpResponseRedirect(_destination(request))
        return _page(request, LogInForm())
    form = LogInForm(request.POST, network=network(request))
    if not form.is_valid():
        return _page(request, form, status=422)
    if form.lacks_factor:
        return _page(
            request, LogInForm(), status=403, notice=NO_FACTOR, notice_url=platform_url("/account/two-factor/")
        )
    if not enter_by_password(request, form.user):
        return HttpResponseRedirect(f"{reverse('staff:code')}?{urlencode({'next': _destination(request)})}")
    _note(request, "log_in")
    return HttpResponseRedirect(_destination(request))


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The code of who has given the password a moment ago."""
    user = waiting_user(request)
    if user is None:
        return redirect("staff:log-in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_by_code(request, user, form.cleaned_data["code"])
        except CodeRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            _note(request, "log_in")
            return HttpResponseRedirect(_destination(request))
    context = {"form": form, "next": _destination(request), "shop_name": current_tenant().name}
    return render(request, "dashboard/login_code.html", context, status=422 if form.errors else 200)


@never_cache
@require_GET
def welcome(request: HttpRequest) -> HttpResponse:
    """Log in with the platform's one-time link. A spent link leads to the log-in page, which says so."""
    try:
        entry = redeem(request.GET.get("token", ""), tenant_id=current_tenant().id)
        enter(request, entry.user, entry.proof, impersonation=entry.impersonation)
        if access_of(entry.user, current_tenant().id) is None:
            leave(request)
            raise LinkSpent
    except LinkSpent as error:
        return _page(request, LogInForm(), status=error.status, notice=str(error))
    # The audit log marks whatever is done in this session: the platform's people come this way.
    request.session[BY_LINK] = True
    _note(request, "log_in")
    response = redirect("dashboard:home")
    # The token is spent, but it need not stand in another server's log.
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session in this shop."""
    if staff_access(request) is not None:
        _note(request, "log_out")
    if isinstance(request.user, PlatformUser) and request.user.impersonation is not None:
        end_impersonation(request.user.impersonation.pk, origin=origin_of(request))
    leave(request)
    return redirect("staff:log-in")


def _note(request: HttpRequest, action: str) -> None:
    record_of(origin_of(request), action, resource_type="staff", tenant_id=current_tenant().id)


def _page(
    request: HttpRequest, form: LogInForm, *, status: int = 200, notice: str = "", notice_url: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next", request.GET.get("next", "")),
        "notice": notice,
        "notice_url": notice_url,
        "shop_name": current_tenant().name,
        "platform_url": platform_url("/find-my-shop/"),
        "password_url": platform_url("/password/"),
    }
    return render(request, "dashboard/login.html", context, status=status)


def _destination(request: HttpRequest) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("dashboard:home")
