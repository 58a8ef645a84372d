"""Opening a shop: the form, and the submission that claims the address and sets the work going."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from platform_core.accounts.entering import enter_by_password, network
from platform_core.accounts.log_in import LogInRefused
from platform_core.accounts.models import PlatformUser
from platform_core.billing.open_trial import TRIAL_DAYS
from platform_core.fleet.provision import sign_up as provision
from platform_core.fleet.provision.details import ShopDetailsRefused
from platform_core.fleet.provision.request import (
    OwnerHasAccount,
    RequestedShop,
    RequestKeyReused,
    ShopRequest,
    SlugTaken,
)
from platform_core.website.address import address_state
from platform_core.website.forms import SignUpForm, new_request_key
from platform_core.website.plans import plan_cards
from smartseller.errors import RuleViolation

# The names of `ShopDetailsRefused.problems`, where the form calls a field something else.
FIELDS = {"name": "shop_name", "owner_email": "email", "key": None}
PASSWORD_OF_ANOTHER = "There is an account with this e-mail address, and this is not its password."  # noqa: S105


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """The form, and its submission. Submitting one form twice opens one shop and shows its progress twice."""
    plans = plan_cards()
    names = [plan["name"] for plan in plans]
    if request.method == "GET":
        return _page(request, SignUpForm(initial=_initial(request, names), plans=names), plans)
    form = SignUpForm(request.POST, plans=names)
    if not form.is_valid():
        return _page(request, form, plans, status=422)
    try:
        requested, owner = _ask(form.cleaned_data, network(request))
    except (RuleViolation, LogInRefused) as error:
        _explain(form, error)
        return _page(request, form, plans, status=error.status if isinstance(error, SlugTaken) else 422)
    if requested.is_new:
        provision.start(requested.run_id)
    progress = reverse("website:progress", args=[requested.run_id])
    if not enter_by_password(request, owner):
        return HttpResponseRedirect(f"{reverse('website:login_code')}?{urlencode({'next': progress})}")
    return HttpResponseRedirect(progress)


@sensitive_variables("answers")
def _ask(answers: dict[str, Any], network: str) -> tuple[RequestedShop, PlatformUser]:
    """Errors: as `fleet.provision.sign_up`."""
    wanted = ShopRequest(
        slug=answers["slug"],
        name=answers["shop_name"],
        owner_email=answers["email"],
        plan=answers["plan"],
        currency=answers["currency"],
        timezone=answers["timezone"],
        country=answers["country"],
        key=answers["request_key"],
    )
    return provision.sign_up(wanted, password=answers["password"], network=network)


def _explain(form: SignUpForm, error: RuleViolation) -> None:
    match error:
        case LogInRefused():
            form.add_error("password", PASSWORD_OF_ANOTHER)
        case OwnerHasAccount():
            form.add_error("password", PASSWORD_OF_ANOTHER)
        case SlugTaken():
            form.add_error("slug", str(error))
        case ShopDetailsRefused():
            for name, sentence in error.problems.items():
                form.add_error(FIELDS.get(name, name), sentence)
        case RequestKeyReused():
            form.add_error(None, str(error))
        case _:
            form.add_error("slug" if hasattr(error, "slug") else None, str(error))


def _initial(request: HttpRequest, plans: list[str]) -> dict[str, Any]:
    plan = request.GET.get("plan", "")
    return {
        "shop_name": request.GET.get("shop_name", "")[:255],
        "slug": request.GET.get("slug", "").strip().lower()[:50],
        "plan": plan if plan in plans else next(iter(plans), ""),
        "country": "US",
        "currency": "USD",
        "timezone": "UTC",
        "email": request.user.email if isinstance(request.user, PlatformUser) else "",
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
                "price": f"{plan['monthly_price']} a month",
                "checked": plan["name"] == chosen,
            }
            for plan in plans
        ],
        "platform_domain": settings.PLATFORM_DOMAIN,
        "trial_days": TRIAL_DAYS,
        "slug_state": address_state(slug) if slug and not form.errors.get("slug") else None,
    }
    return render(request, "website/signup.html", context, status=status)
