"""The pages that only tell: landing and pricing."""

from datetime import UTC

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from platform_core.billing.open_trial import TRIAL_DAYS
from platform_core.signups.guesses import may_guess, note_wrong
from platform_core.website.forms import LONGEST_COUPON
from platform_core.website.plans import comparison, coupon_offer, plan_cards


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "website/landing.html", {"section": "", "plans": plan_cards(), "trial_days": TRIAL_DAYS})


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """A link may carry a coupon: what it takes off is said, and it goes along to the sign-up."""
    is_annual = request.GET.get("billing") == "annual"
    code = request.GET.get("coupon", "").strip().upper()[:LONGEST_COUPON]
    cards = plan_cards(is_annual=is_annual, coupon=code)
    offer = ""
    if code and may_guess(request):
        offer = coupon_offer(code, cards, today=timezone.now().astimezone(UTC).date())
        if not offer:
            note_wrong(request)
    context = {
        "section": "pricing",
        "plans": cards,
        "is_annual": is_annual,
        "has_annual": any(card["annual_price"] for card in cards),
        "rows": comparison(cards),
        "trial_days": TRIAL_DAYS,
        "coupon": code,
        "offer": offer,
    }
    return render(request, "website/pricing.html", context)


@require_safe
@cache_control(public=True, max_age=86_400)
def favicon(request: HttpRequest) -> HttpResponse:
    """For browsers that ask without looking at the page."""
    return HttpResponseRedirect(static("images/smartseller.svg"))
