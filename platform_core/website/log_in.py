"""Log-in and log-out on the platform's host: operators go to the console, merchants to their shops."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.entering import enter_by_code, enter_by_password, leave, network, waiting_user
from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.origin import origin_of
from platform_core.accounts.two_factor.errors import CodeRefused
from platform_core.audit.record import record_of
from platform_core.website.account.doors import wanted_path
from platform_core.website.account.forms import CodeForm
from platform_core.website.forms import LogInForm


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The log-in page. Every failure gets the same sentence, after the same work."""
    if request.method == "GET":
        if isinstance(request.user, PlatformUser):
            return HttpResponseRedirect(_destination(request, request.user))
        return _page(request, LogInForm())
    form = LogInForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            user = verify_credentials(given["username"], given["password"], network=network(request))
        except LogInRefused as error:
            form.add_error(None, str(error))
        else:
            if not enter_by_password(request, user):
                wanted = {"next": wanted_path(request, "")}
                return HttpResponseRedirect(f"{reverse('website:login_code')}?{urlencode(wanted)}")
            return _entered(request, user)
    return _page(request, form, status=422)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """The code of who has given the password a moment ago."""
    user = waiting_user(request)
    if user is None:
        return redirect("website:login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter_by_code(request, user, form.cleaned_data["code"])
        except CodeRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            return _entered(request, user)
    context = {"section": "login", "form": form, "next": wanted_path(request, "")}
    return render(request, "website/login_code.html", context, status=422 if form.errors else 200)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    if isinstance(request.user, PlatformUser):
        record_of(origin_of(request), "log_out", resource_type="user", resource_id=request.user.pk)
    leave(request)
    return redirect("website:landing")


def _entered(request: HttpRequest, user: PlatformUser) -> HttpResponse:
    record_of(origin_of(request), "log_in", resource_type="user", resource_id=user.pk)
    return HttpResponseRedirect(_destination(request, user))


def _page(request: HttpRequest, form: LogInForm, *, status: int = 200) -> HttpResponse:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    return render(request, "website/login.html", {"section": "login", "form": form, "next": wanted}, status=status)


def _destination(request: HttpRequest, user: PlatformUser) -> str:
    if user.is_operator and not user.two_factor_enabled:
        return reverse("website:two_factor")
    return wanted_path(request, reverse("admin:index") if user.is_operator else reverse("website:shops"))
