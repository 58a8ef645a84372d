"""Log-in and log-out on the platform's host: operators go to the console, merchants to their shops."""

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.log_in import LogInRefused, verify_credentials
from platform_core.accounts.models import PlatformUser
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
        try:
            user = verify_credentials(form.cleaned_data["username"], form.cleaned_data["password"])
        except LogInRefused as error:
            form.add_error(None, str(error))
        else:
            login(request, user)
            return HttpResponseRedirect(_destination(request, user))
    return _page(request, form, status=422)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("website:landing")


def _page(request: HttpRequest, form: LogInForm, *, status: int = 200) -> HttpResponse:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    return render(request, "website/login.html", {"section": "login", "form": form, "next": wanted}, status=status)


def _destination(request: HttpRequest, user: PlatformUser) -> str:
    wanted = request.POST.get("next", request.GET.get("next", ""))
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index") if user.is_operator else reverse("website:shops")
