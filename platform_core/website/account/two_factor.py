"""Switching the second factor on and off, and its codes on paper."""

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.models import PlatformUser
from platform_core.accounts.origin import origin_of
from platform_core.accounts.sessions.end import end_sessions
from platform_core.accounts.sessions.open import confirm
from platform_core.accounts.two_factor.errors import CodeRefused, TwoFactorRequired
from platform_core.accounts.two_factor.recovery import renew_codes
from platform_core.accounts.two_factor.set_up import address_for_telephone, secret_to_set_up, switch_off, switch_on
from platform_core.audit.record import record_of
from platform_core.website.account.doors import session_of, user_of, when_fresh
from platform_core.website.account.forms import CodeForm


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@when_fresh
def set_up(request: HttpRequest) -> HttpResponse:
    """The picture for the telephone, and the form that proves it was read. The recovery codes are shown once."""
    user = user_of(request)
    if user.two_factor_enabled:
        return redirect("website:account")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = switch_on(user, form.cleaned_data["code"], origin=origin_of(request))
        except CodeRefused as refusal:
            form.add_error("code", str(refusal))
        else:
            confirm(session_of(request), two_factor=True)
            end_sessions(user.pk, but=session_of(request).pk)
            return _codes(request, codes, is_new=True)
    secret = secret_to_set_up(user)
    context = {
        "section": "account",
        "form": form,
        "picture": _picture(address_for_telephone(user, secret)),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "is_required": user.is_operator,
    }
    return render(request, "website/account/two_factor.html", context, status=422 if form.errors else 200)


@require_POST
@when_fresh
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ten new codes; those before work no more."""
    user = user_of(request)
    if not user.two_factor_enabled:
        return redirect("website:account")
    codes = renew_codes(user)
    record_of(origin_of(request), "renew_recovery_codes", resource_type="user", resource_id=user.pk)
    return _codes(request, codes, is_new=False)


@require_POST
@when_fresh
def remove(request: HttpRequest) -> HttpResponse:
    """Do without from now on."""
    try:
        switch_off(user_of(request), origin=origin_of(request))
    except TwoFactorRequired as refusal:
        messages.error(request, str(refusal))
    else:
        end_sessions(user_of(request).pk, but=session_of(request).pk)
        messages.success(request, "Two-factor log-in is off. You are logged out everywhere else.")
    return redirect("website:account")


def _codes(request: HttpRequest, codes: list[str], *, is_new: bool) -> HttpResponse:
    user: PlatformUser = user_of(request)
    context = {"section": "account", "codes": codes, "is_new": is_new, "email": user.email}
    return render(request, "website/account/recovery_codes.html", context)


def _picture(address: str) -> SafeString:
    """The QR code as an SVG within the page: no other server draws it, and no cache has it."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=5, border=4, omitsize=True, dark="#000000", light="#ffffff", title="QR code for your authenticator app"
    )
    return SafeString(drawn)
