"""The plans as the website shows them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.offer import offered_coupon
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
BUILT = frozenset({"api_access", "custom_domain", "white_label"})
MONTHS = 12


def plan_cards(*, is_annual: bool = False, coupon: str = "") -> list[dict[str, Any]]:
    """The plans that merchants can sign up for, cheapest first, for `website/_plan.html`; one statement.

    `is_annual` puts the price of a year first, where a plan has one. `coupon` goes along to the sign-up.
    """
    plans = TenantPlan.objects.filter(is_active=True, is_public=True)
    return [_card(plan, is_annual=is_annual, coupon=coupon) for plan in plans]


def coupon_offer(code: str, cards: list[dict[str, Any]], *, today: date) -> str:
    """What a coupon takes off which of the plans, in a sentence; nothing for one that does not hold today."""
    names, found = [], None
    for card in cards:
        try:
            found = offered_coupon(code, plan=card["name"], today=today)
        except CouponRefused:
            continue
        names.append(card["display_name"])
    if found is None:
        return ""
    match found.periods:
        case None:
            how_long = "for good"
        case 1:
            how_long = "for the first period"
        case _:
            how_long = f"for {found.periods} periods"
    where = "" if len(names) == len(cards) else f" on {' and '.join(names)}"
    what = f"{found.value.normalize():f} %" if found.kind == found.Kind.PERCENTAGE else price(found.value)
    return f"With the coupon {found.code} you pay {what} less {how_long}{where}."


def comparison(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The plans side by side: rows of {label, cells}, a cell for each; True and False for what it has, else words."""
    rows: list[dict[str, Any]] = [
        {"label": what.value[0].upper() + what.value[1:], "cells": [card["amounts"][what] for card in cards]}
        for what in Limited
    ]
    for place, label in enumerate(FEATURES.values()):
        rows.append({"label": label, "cells": [_has(card["features"][place]) for card in cards]})
    return rows


def _has(feature: dict[str, Any]) -> bool | str:
    return "coming" if feature["included"] and feature["is_coming"] else feature["included"]


def _card(plan: TenantPlan, *, is_annual: bool, coupon: str) -> dict[str, Any]:
    limits = limits_of(plan, name=plan.name)
    # How often the API may be called says nothing to those who may not call it.
    wanted = {"plan": plan.name} | ({"coupon": coupon} if coupon else {})
    if is_annual and plan.annual_price is not None:
        wanted["billing"] = "annual"
    shown = set(Limited) if plan.features.get("api_access") is True else set(Limited) - {Limited.API_CALLS_PER_HOUR}
    return {
        "name": plan.name,
        "display_name": plan.display_name,
        "description": plan.description,
        "monthly_price": price(plan.monthly_price),
        "annual_price": price(plan.annual_price),
        "is_annual": is_annual and plan.annual_price is not None,
        "annual_a_month": _a_month(plan.annual_price),
        "annual_saves": _saved(plan),
        "setup_fee": price(plan.setup_fee) if plan.setup_fee else "",
        "amounts": {what: _amount(limits, what) if what in shown else False for what in Limited},
        "limits": [_limit(limits, what) for what in Limited if what in shown],
        "features": [
            {"label": label, "included": plan.features.get(key) is True, "is_coming": key not in BUILT}
            for key, label in FEATURES.items()
        ],
        "highlighted": plan.name == HIGHLIGHTED,
        "signup_url": f"{reverse('website:signup')}?{urlencode(wanted)}",
    }


def price(amount: Decimal | None) -> str:
    """ "$29" for whole dollars, "$29.50" else; nothing for a plan without the price."""
    if amount is None:
        return ""
    shown = display(amount, CURRENCY)
    return shown.removesuffix(".00")


def _a_month(annual: Decimal | None) -> str:
    return "" if annual is None else price((annual / MONTHS).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _saved(plan: TenantPlan) -> str:
    """What a year costs less than twelve months; nothing where it does not."""
    if plan.annual_price is None or plan.monthly_price is None:
        return ""
    less = plan.monthly_price * MONTHS - plan.annual_price
    return price(less) if less > 0 else ""


def _amount(limits: PlanLimits, what: Limited) -> str:
    limit = limits.of(what)
    return "Unlimited" if limit is None else f"{limit:,}"


def _limit(limits: PlanLimits, what: Limited) -> str:
    limit = limits.of(what)
    return f"Unlimited {what.value}" if limit is None else f"{limit:,} {what.value}"
