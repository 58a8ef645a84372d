"""The page that the mail leads to: the mailbox is proven, the password is chosen, and the shop is built."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from platform_core.accounts.entering import enter_by_password
from platform_core.accounts.models import PlatformUser
from platform_core.accounts.passwords import WeakPassword
from platform_core.fleet.provision.request import OwnerHasAccount, RequestedShop, SlugTaken
from platform_core.fleet.provision.task import start
from platform_core.plans.limits import terms_called
from platform_core.signups.confirm import has_account, look_at, open_for, open_with_password
from platform_core.signups.errors import SignUpOver
from platform_core.signups.models import SignUp
from platform_core.tenancy.hosts import shop_url
from platform_core.website.address import address_state
from platform_core.website.first_bill import bill_for
from platform_core.website.forms import ConfirmSignUpForm
from platform_core.website.shops import host_of_shop
from smartseller.errors import RuleViolation


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: programs that read mails follow links, too. The button opens the shop, once."""
    try:
        row = look_at(token, now=timezone.now())
        response = _led_on(row) if row.run_id else _answer(request, token, row)
    except SignUpOver as refusal:
        context = {"section": "signup", "sentence": str(refusal)}
        response = render(request, "website/signup_over.html", context, status=refusal.status)
    # The link opens a shop in the mailbox's name until it is spent, and no other server need see it.
    response["Referrer-Policy"] = "same-origin"
    return response


def _led_on(row: SignUp) -> HttpResponse:
    """Followed before: who is logged in as its owner sees how far it is, everybody else the log-in."""
    return HttpResponseRedirect(reverse("website:progress", args=[row.run_id]))


@sensitive_variables("form")
def _answer(request: HttpRequest, token: str, row: SignUp) -> HttpResponse:
    user = request.user if isinstance(request.user, PlatformUser) else None
    if user is None and has_account(row):
        return _page(request, row, "log_in")
    if user is not None and user.email != row.email:
        return _page(request, row, "other")
    is_taken = not address_state(row.slug).available
    asked = {"asks_for_slug": is_taken, "asks_for_password": user is None}
    if request.method == "GET":
        return _page(request, row, "open", ConfirmSignUpForm(**asked), is_taken=is_taken)
    form = ConfirmSignUpForm(request.POST, **asked)
    if not form.is_valid():
        return _page(request, row, "open", form, is_taken=is_taken, status=422)
    try:
        requested, owner = _open(token, user, form.cleaned_data)
    except SignUpOver:
        # Another tab, or the same button, was faster: this one leads where that one led.
        return _led_on(look_at(token, now=timezone.now()))
    except OwnerHasAccount:
        return _page(request, row, "log_in", status=409)
    except RuleViolation as error:
        field = {WeakPassword: "password", SlugTaken: "slug"}.get(type(error))
        if field == "slug" and not is_taken:  # taken at this moment
            form = ConfirmSignUpForm({**request.POST.dict(), "slug": row.slug}, **{**asked, "asks_for_slug": True})
        form.add_error(field if field in form.fields else None, str(error))
        return _page(request, row, "open", form, is_taken=is_taken, status=error.status)
    if requested.is_new:
        start(requested.run_id)
    if user is None:
        enter_by_password(request, owner)
    return HttpResponseRedirect(reverse("website:progress", args=[requested.run_id]))


@sensitive_variables("answers")
def _open(token: str, user: PlatformUser | None, answers: dict[str, Any]) -> tuple[RequestedShop, PlatformUser]:
    """Errors: as `signups.confirm`."""
    slug, now = answers.get("slug"), timezone.now()
    if user is None:
        return open_with_password(token, answers["password"], slug=slug, now=now)
    return open_for(token, user, slug=slug, now=now)


def _page(
    request: HttpRequest,
    row: SignUp,
    mode: str,
    form: ConfirmSignUpForm | None = None,
    *,
    is_taken: bool = False,
    status: int = 200,
) -> HttpResponse:
    details = row.details
    context = {
        "section": "signup",
        "mode": mode,
        "form": form,
        "shop": {"name": row.name, "host": host_of_shop(row.slug), "url": shop_url(row.slug)},
        "plan": terms_called(details["plan"]).plan,
        "email": row.email,
        "is_taken": is_taken,
        "platform_domain": settings.PLATFORM_DOMAIN,
        "here": request.path,
        "bill": bill_for(
            request,
            details["plan"],
            country=details["country"],
            code=details.get("coupon", ""),
            cycle=details.get("cycle", "monthly"),
            email=row.email,
        ),
    }
    return render(request, "website/signup_confirm.html", context, status=status)
