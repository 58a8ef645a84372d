"""Proving again who one is, before something dangerous."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from platform_core.accounts.entering import prove_again
from platform_core.website.account.doors import for_users, session_of, user_of, wanted_path
from platform_core.website.account.forms import CodeForm, OwnPasswordForm
from smartseller.errors import RuleViolation


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "POST"])
@for_users
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code of who has a second factor, and for the password of who has none."""
    user = user_of(request)
    kind = CodeForm if user.two_factor_enabled else OwnPasswordForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            prove_again(request, session_of(request), next(iter(form.cleaned_data.values())))
        except RuleViolation as refusal:
            form.add_error(None, _sentence(refusal, by_code=user.two_factor_enabled))
        else:
            return HttpResponseRedirect(wanted_path(request, reverse("website:account")))
    context = {
        "section": "account",
        "form": form,
        "by_code": user.two_factor_enabled,
        "next": wanted_path(request, reverse("website:account")),
    }
    return render(request, "website/account/confirm.html", context, status=422 if form.errors else 200)


def _sentence(refusal: RuleViolation, *, by_code: bool) -> str:
    return str(refusal) if by_code else "This is not your password, or it was tried too often: then wait 15 minutes."
