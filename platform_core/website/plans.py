"""The plans as the website shows them."""

from decimal import Decimal
from typing import Any

from django.urls import reverse

from platform_core.plans.limits import Limited, PlanLimits, limits_of
from platform_core.plans.models import TenantPlan
from smartseller.money import display

CURRENCY = "USD"
HIGHLIGHTED = "premium"
FEATURES = {
    "analytics": "Analytics",
    "advanced_reports": "Advanced reports",
    "api_access": "API access",
    "custom_domain": "Your own domain",
    "white_label": "White label",
}
# What a plan promises and nobody has built yet is shown as coming.
BUILT = frozenset({"api_access"})


def plan_cards() -> list[dict[str, Any]]:
    """The plans that merchants can sign up for, cheapest first, for `website/_plan.html`; one statement."""
    plans = TenantPlan.objects.filter(is_active=True, is_public=True)
    return [_card(plan) for plan in plans]


def _card(plan: TenantPlan) -> dict[str, Any]:
    limits = limits_of(plan, name=plan.name)
    # How often the API may be called says nothing to those who may not call it.
    shown = set(Limited) if plan.features.get("api_access") is True else set(Limited) - {Limited.API_CALLS_PER_HOUR}
    return {
        "name": plan.name,
        "display_name": plan.display_name,
        "description": plan.description,
        "monthly_price": price(plan.monthly_price),
        "annual_price": price(plan.annual_price),
        "limits": [_limit(limits, what) for what in Limited if what in shown],
        "features": [
            {"label": label, "included": plan.features.get(key) is True, "is_coming": key not in BUILT}
            for key, label in FEATURES.items()
        ],
        "highlighted": plan.name == HIGHLIGHTED,
        "signup_url": f"{reverse('website:signup')}?plan={plan.name}",
    }


def price(amount: Decimal | None) -> str:
    """ "$29" for whole dollars, "$29.50" else; nothing for a plan without the price."""
    if amount is None:
        return ""
    shown = display(amount, CURRENCY)
    return shown.removesuffix(".00")


def _limit(limits: PlanLimits, what: Limited) -> str:
    limit = limits.of(what)
    return f"Unlimited {what.value}" if limit is None else f"{limit:,} {what.value}"
