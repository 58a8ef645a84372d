"""The plans as the website shows them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from platform_core.billing.coupons.errors import CouponRefused
from platform_core.billing.coupons.offer import offered_coupon
from platform_core.plans.limits import Feature, Limited, PlanTerms, terms_of
from platform_core.plans.models import TenantPlan
from smartseller.money import display

CURRENCY = "USD"
HIGHLIGHTED = "premium"
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
    """The plans side by side: rows of {label, promise, cells}, a cell for each; True and False for what it has, else
    words. Limits explain themselves: their `promise` is empty.
    """
    rows: list[dict[str, Any]] = [
        {"label": _label(what), "promise": "", "cells": [card["amounts"][what] for card in cards]} for what in Limited
    ]
    for place, feature in enumerate(Feature):
        cells = [card["features"][place]["included"] for card in cards]
        rows.append({"label": feature.title, "promise": feature.promise, "cells": cells})
    return rows


def _label(what: Limited) -> str:
    return what.value[0].upper() + what.value[1:]


def _card(plan: TenantPlan, *, is_annual: bool, coupon: str) -> dict[str, Any]:
    terms = terms_of(plan)
    # How often the API may be called says nothing to those who may not call it.
    wanted = {"plan": plan.name} | ({"coupon": coupon} if coupon else {})
    if is_annual and plan.annual_price is not None:
        wanted["billing"] = "annual"
    shown = set(Limited) if terms.includes(Feature.API_ACCESS) else set(Limited) - {Limited.API_CALLS_PER_HOUR}
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
        "amounts": {what: _amount(terms, what) if what in shown else False for what in Limited},
        "limits": [_limit(terms, what) for what in Limited if what in shown],
        "features": [
            {"label": feature.title, "promise": feature.promise, "included": terms.includes(feature)}
            for feature in Feature
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


def _amount(terms: PlanTerms, what: Limited) -> str:
    limit = terms.of(what)
    return "Unlimited" if limit is None else f"{limit:,}"


def _limit(terms: PlanTerms, what: Limited) -> str:
    limit = terms.of(what)
    return f"Unlimited {what.value}" if limit is None else what.many(limit)
