"""Opening a shop: the form, and the submission, which is answered alike whoever has an account."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from platform_core.accounts.models import PlatformUser
from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.errors import PlanNotOffered
from platform_core.billing.open_trial import TRIAL_DAYS
from platform_core.fleet.provision.details import ShopDetailsRefused
from platform_core.fleet.provision.request import RequestKeyReused, ShopRequest, SlugTaken
from platform_core.fleet.provision.task import start
from platform_core.signups.ask import ask, request_at_once
from platform_core.signups.guesses import may_guess
from platform_core.website.address import address_state
from platform_core.website.first_bill import bill_for
from platform_core.website.forms import LONGEST_COUPON, SignUpForm, new_request_key
from platform_core.website.plans import plan_cards
from smartseller.errors import RuleViolation
from smartseller.throttle import TooOften, count_mailbox, count_visit

# The names of `ShopDetailsRefused.problems`, where the form calls a field something else.
FIELDS = {"name": "shop_name", "owner_email": "email", "key": None}
# In an hour: mails to one mailbox, and forms from one address.
MOST_TO_A_MAILBOX = 3
MOST_FROM_AN_ADDRESS = 20


@never_cache
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form, and its submission: a link goes to the mailbox, and nothing is made before it is followed. Who is
    logged in with a proven address has followed one before, and sees the shop being built."""
    plans = plan_cards()
    names = [plan["name"] for plan in plans]
    user = request.user if isinstance(request.user, PlatformUser) else None
    if request.method == "GET":
        form = SignUpForm(initial=_initial(request, names), plans=names, asks_for_email=user is None)
        return _page(request, form, plans)
    form = SignUpForm(request.POST, plans=names, asks_for_email=user is None)
    if not form.is_valid():
        return _page(request, form, plans, status=422)
    if form.cleaned_data["coupon"] and not may_guess(request):
        form.add_error("coupon", str(TooOften()))
        return _page(request, form, plans, status=422)
    wanted = _wanted(form.cleaned_data, email=user.email if user else form.cleaned_data["email"])
    try:
        if user is not None and user.email_verified:
            return _open(user, wanted)
        asked = ask(wanted, admit=partial(_admit, request), now=timezone.now())
    except RuleViolation as error:
        _explain(form, error)
        return _page(request, form, plans, status=error.status if isinstance(error, SlugTaken) else 422)
    return render(request, "website/signup_asked.html", {"section": "signup", "email": asked.email, "name": asked.name})


def _admit(request: HttpRequest, email: str) -> None:
    """Errors: TooOften."""
    count_visit(request, "sign-up", most=MOST_FROM_AN_ADDRESS)
    count_mailbox(email, "sign-up", most=MOST_TO_A_MAILBOX)


def _open(user: PlatformUser, wanted: ShopRequest) -> HttpResponse:
    """Errors: as `request_at_once`."""
    requested = request_at_once(user, wanted, now=timezone.now())
    if requested.is_new:
        start(requested.run_id)
    return HttpResponseRedirect(reverse("website:progress", args=[requested.run_id]))


def _wanted(answers: dict[str, Any], *, email: str) -> ShopRequest:
    return ShopRequest(
        slug=answers["slug"],
        name=answers["shop_name"],
        owner_email=email,
        plan=answers["plan"],
        coupon=answers["coupon"],
        cycle=answers["cycle"],
        currency=answers["currency"],
        timezone=answers["timezone"],
        country=answers["country"],
        key=answers["request_key"],
    )


def _explain(form: SignUpForm, error: RuleViolation) -> None:
    match error:
        case SlugTaken():
            form.add_error("slug", str(error))
        case PlanNotOffered():
            form.add_error("cycle", str(error))
        case CouponRefused():
            form.add_error("coupon", str(error))
        case ShopDetailsRefused():
            for name, sentence in error.problems.items():
                field = FIELDS.get(name, name)
                form.add_error(field if field in form.fields else None, sentence)
        case RequestKeyReused() | TooOften():
            form.add_error(None, str(error))
        case _:
            form.add_error("slug" if hasattr(error, "slug") else None, str(error))


def _initial(request: HttpRequest, plans: list[str]) -> dict[str, Any]:
    plan = request.GET.get("plan", "")
    return {
        "shop_name": request.GET.get("shop_name", "")[:255],
        "slug": request.GET.get("slug", "").strip().lower()[:50],
        "plan": plan if plan in plans else next(iter(plans), ""),
        "cycle": "annual" if request.GET.get("billing") == "annual" else "monthly",
        "coupon": request.GET.get("coupon", "").strip().upper()[:LONGEST_COUPON],
        "country": "US",
        "currency": "USD",
        "timezone": "UTC",
        "request_key": new_request_key(),
    }


def _page(request: HttpRequest, form: SignUpForm, plans: list[dict[str, Any]], *, status: int = 200) -> HttpResponse:
    chosen = form["plan"].value()
    slug = str(form["slug"].value() or "")
    context = {
        "section": "signup",
        "form": form,
        "plan_options": [
            {
                "value": plan["name"],
                "label": plan["display_name"],
                "detail": plan["description"],
                "price": f"{plan['monthly_price']} a month" if plan["monthly_price"] else "On request",
                "checked": plan["name"] == chosen,
            }
            for plan in plans
        ],
        "platform_domain": settings.PLATFORM_DOMAIN,
        "trial_days": TRIAL_DAYS,
        "slug_state": address_state(slug) if slug and not form.errors.get("slug") else None,
        "bill": bill_for(
            request, chosen, country=form["country"].value(), code=form["coupon"].value(), cycle=form["cycle"].value()
        ),
    }
    return render(request, "website/signup.html", context, status=status)
