"""The mailbox of an account: proving it, and moving to another one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from platform_core.accounts.mailbox.change_email import agree_to_change, ask_to_change_email, confirm_email, stop_change
from platform_core.accounts.mailbox.links import look_at
from platform_core.accounts.mailbox.models import UserLink
from platform_core.accounts.mailbox.verify import ask_to_verify, verify_email
from platform_core.accounts.origin import origin_of
from platform_core.website.account.doors import for_users, user_of, when_fresh
from platform_core.website.account.forms import NewEmailForm
from smartseller.errors import RuleViolation
from smartseller.throttle import TooOften, count_mailbox

MOST_TO_A_MAILBOX = 3
Purpose = UserLink.Purpose
# What a link's page asks, and what its button says.
ASKED = {
    Purpose.VERIFY: ("Confirm your e-mail address", "Confirm the address"),
    Purpose.CONFIRM_EMAIL: ("Confirm your new e-mail address", "Confirm the address"),
    Purpose.AGREE_EMAIL: ("Another e-mail address for your account", "Agree to the new address"),
}


@require_http_methods(["GET", "POST"])
@when_fresh
def change(request: HttpRequest) -> HttpResponse:
    """Ask for another address; both mailboxes are written to, and nothing changes yet."""
    user = user_of(request)
    form = NewEmailForm(request.POST or None, current=user.email)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            count_mailbox(user.email, "change-email", most=MOST_TO_A_MAILBOX)
            count_mailbox(email, "new-email", most=MOST_TO_A_MAILBOX)
        except TooOften as refusal:
            form.add_error(None, str(refusal))
        else:
            ask_to_change_email(user, email, origin=origin_of(request))
            messages.success(
                request, f"Follow the link in both mails: the one to {email}, and the one to {user.email}."
            )
            return redirect("website:account")
    context = {"section": "account", "form": form}
    return render(request, "website/account/email.html", context, status=422 if form.errors else 200)


@require_POST
@for_users
def send_verification(request: HttpRequest) -> HttpResponse:
    """Mail the link once more."""
    user = user_of(request)
    try:
        count_mailbox(user.email, "verify", most=MOST_TO_A_MAILBOX)
    except TooOften as refusal:
        messages.error(request, str(refusal))
    else:
        ask_to_verify(user)
        messages.success(request, f"A link is on its way to {user.email}.")
    return redirect("website:account")


def _followed(request: HttpRequest, token: str, purpose: Purpose) -> HttpResponse:
    """Looking at the page changes nothing: programs that read mails follow links, too. Its button does."""
    title, button = ASKED[purpose]
    try:
        link = look_at(token, purpose)
        if request.method == "POST":
            messages.success(request, _done(request, token, purpose))
            return redirect("website:account")
        context = {
            "title": title,
            "button": button,
            "email": link.payload.get("new", link.email),
            "may_stop": purpose == Purpose.AGREE_EMAIL,
        }
        response = render(request, "website/account/link.html", {"section": "login", **context})
    except RuleViolation as refusal:
        context = {"section": "login", "sentence": str(refusal)}
        response = render(request, "website/account/link_over.html", context, status=refusal.status)
    response["Referrer-Policy"] = "same-origin"
    return response


def _done(request: HttpRequest, token: str, purpose: Purpose) -> str:
    origin = origin_of(request)
    if purpose == Purpose.VERIFY:
        return f"{verify_email(token, origin=origin).email} is confirmed."
    if "stop" in request.POST:
        stop_change(token, origin=origin)
        return "The change is off, and everybody is logged out. A mail on its way to you leads to a new password."
    moved = (confirm_email if purpose == Purpose.CONFIRM_EMAIL else agree_to_change)(token, origin=origin)
    return "Your account has the new address." if moved else "Thank you. The other mailbox has to answer as well."


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, token: str) -> HttpResponse:
    return _followed(request, token, Purpose.VERIFY)


@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    return _followed(request, token, Purpose.CONFIRM_EMAIL)


@never_cache
@require_http_methods(["GET", "POST"])
def agree(request: HttpRequest, token: str) -> HttpResponse:
    return _followed(request, token, Purpose.AGREE_EMAIL)
