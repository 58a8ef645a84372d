"""What the merchant says about points and tiers."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tenant_shop.customers.models import Customer

logger = logging.getLogger(__name__)

Tier = Customer.LoyaltyTier
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TierRule:
    """Who spent `threshold` (in the shop's currency) within twelve months earns `multiplier` times the points."""

    tier: str
    threshold: Decimal
    multiplier: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingRules:
    """A point takes `worth` (in the shop's currency) off an order, `least` points at once or more, at most `share` of
    what the goods cost after discounts (0.5 for half of it), and `beside_discounts` or not.
    """

    worth: Decimal
    least: int
    share: Decimal
    beside_discounts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LoyaltyRules:
    """`points_per_unit` are earned for each unit of the shop's currency; `tiers` begin with the lowest.

    Orders that were delivered before `since` (aware) earn nothing. `spending` is None where points cannot be spent.
    """

    is_on: bool
    points_per_unit: Decimal
    tiers: tuple[TierRule, ...]
    since: datetime
    spending: SpendingRules | None

    def tier_for(self, spent: Decimal) -> TierRule:
        """The highest tier that `spent` reaches."""
        return [rule for rule in self.tiers if rule.threshold <= spent][-1]

    def after(self, tier: str) -> TierRule | None:
        """The next tier above `tier`; None for the highest."""
        names = [rule.tier for rule in self.tiers]
        return next(iter(self.tiers[names.index(tier) + 1 :]), None)

    def multiplier_of(self, tier: str) -> Decimal:
        return next(rule.multiplier for rule in self.tiers if rule.tier == tier)


# As stored: amounts are text, so that they never pass through a float. A shop starts without the programme.
DEFAULTS: dict[str, Any] = {
    "is_on": False,
    "points_per_unit": "1",
    "silver_from": "300",
    "gold_from": "1000",
    "platinum_from": "3000",
    "silver_multiplier": "1.25",
    "gold_multiplier": "1.5",
    "platinum_multiplier": "2",
    "may_be_spent": False,
    "point_worth": "0.01",
    "least_spent": "100",
    "largest_share": "50",
    "beside_discounts": True,
}
ABOVE_BRONZE = (Tier.SILVER, Tier.GOLD, Tier.PLATINUM)


def loyalty_rules(stored: Mapping[str, Any]) -> LoyaltyRules:
    """The rules in the setting `loyalty`. Rules that cannot be read are logged, and the programme is off."""
    try:
        return _read({**DEFAULTS, **stored})
    except (InvalidOperation, TypeError, ValueError):
        logger.warning("the setting loyalty has unusable rules; no points are given")
        return _read(DEFAULTS)


def _read(values: Mapping[str, Any]) -> LoyaltyRules:
    tiers = [TierRule(Tier.BRONZE, Decimal(0), Decimal(1))]
    for tier in ABOVE_BRONZE:
        tiers.append(TierRule(tier, Decimal(values[f"{tier}_from"]), Decimal(values[f"{tier}_multiplier"])))
    thresholds = [rule.threshold for rule in tiers]
    points = Decimal(values["points_per_unit"])
    numbers = [points, *thresholds, *(rule.multiplier for rule in tiers)]
    if not all(number.is_finite() and number >= 0 for number in numbers) or thresholds != sorted(thresholds):
        raise ValueError("amounts are above zero, and each tier is above the one before")
    since = datetime.fromisoformat(values["since"]) if "since" in values else NEVER
    if since.tzinfo is None:
        raise ValueError("a moment without its zone is no moment")
    is_on = values["is_on"] is True
    spending = _spending(values)
    return LoyaltyRules(
        is_on=is_on,
        points_per_unit=points,
        tiers=tuple(tiers),
        since=since,
        spending=spending if is_on and values["may_be_spent"] is True else None,
    )


def _spending(values: Mapping[str, Any]) -> SpendingRules:
    worth, percent = Decimal(values["point_worth"]), Decimal(values["largest_share"])
    least = int(values["least_spent"])
    if not (worth.is_finite() and percent.is_finite() and worth > 0 and 0 < percent <= 100 and least > 0):
        raise ValueError("a point is worth something, and takes at most the whole price")
    return SpendingRules(
        worth=worth, least=least, share=percent / 100, beside_discounts=values["beside_discounts"] is True
    )
