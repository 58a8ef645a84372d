"""Changing one's password, and choosing a new one without the old one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from platform_core.accounts.entering import keep_in
from platform_core.accounts.mailbox.errors import LinkOver
from platform_core.accounts.mailbox.links import look_at
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.mailbox.reset import ask_for_reset, reset_password
from platform_core.accounts.origin import origin_of
from platform_core.accounts.passwords import WeakPassword, change_password
from platform_core.website.account.doors import session_of, user_of, when_fresh
from platform_core.website.account.forms import EmailForm, NewPasswordForm
from smartseller.throttle import TooOften, count_mailbox, count_visit

# In an hour: mails to one mailbox, and forms from one address.
MOST_TO_A_MAILBOX = 3
MOST_FROM_AN_ADDRESS = 20


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@when_fresh
def change(request: HttpRequest) -> HttpResponse:
    """Another password; every other browser is logged out by that."""
    user = user_of(request)
    form = NewPasswordForm(request.POST or None, has_second_factor=user.two_factor_enabled)
    if request.method == "POST" and form.is_valid():
        try:
            change_password(
                user, form.cleaned_data["password"], session_id=session_of(request).pk, origin=origin_of(request)
            )
        except WeakPassword as refusal:
            form.add_error("password", str(refusal))
        else:
            keep_in(request, user)
            messages.success(request, "Your password is changed. You are logged out everywhere else.")
            return redirect("website:account")
    context = {"section": "account", "form": form}
    return render(request, "website/account/password.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link; the answer is the same for every address."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            count_visit(request, "password", most=MOST_FROM_AN_ADDRESS)
            count_mailbox(email, "password", most=MOST_TO_A_MAILBOX)
        except TooOften as refusal:
            form.add_error(None, str(refusal))
        else:
            ask_for_reset(email)
            return render(request, "website/account/password_asked.html", {"section": "login", "email": email})
    context = {"section": "login", "form": form}
    return render(request, "website/account/password_forgotten.html", context, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the link in the mail leads to."""
    try:
        response = _choose(request, token)
    except LinkOver as refusal:
        response = render(
            request,
            "website/account/link_over.html",
            {"section": "login", "sentence": str(refusal)},
            status=refusal.status,
        )
    # The link is as good as a password until it is spent, and no other server need see it.
    response["Referrer-Policy"] = "same-origin"
    return response


def _choose(request: HttpRequest, token: str) -> HttpResponse:
    user = look_at(token, UserLink.Purpose.RESET).user
    form = NewPasswordForm(request.POST or None, has_second_factor=user.two_factor_enabled)
    if request.method == "POST" and form.is_valid():
        try:
            reset_password(token, form.cleaned_data["password"], origin=origin_of(request))
        except WeakPassword as refusal:
            form.add_error("password", str(refusal))
        else:
            messages.success(request, "Your password is changed. Log in with the new one.")
            return redirect("website:login")
    context = {"section": "login", "form": form, "email": user.email}
    return render(request, "website/account/password_choose.html", context, status=422 if form.errors else 200)
