"""What the rules about points and tiers may be."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from tenant_shop.loyalty.points import MOST

MOST_MONEY = Decimal("999999999.999")
# The least and the most, by rule; amounts are in the shop's currency, `largest_share` is in per cent.
BOUNDS: Mapping[str, tuple[Decimal, Decimal]] = {
    "points_per_unit": (Decimal("0.001"), Decimal(10_000)),
    "silver_from": (Decimal(0), MOST_MONEY),
    "silver_multiplier": (Decimal(1), Decimal(10)),
    "gold_from": (Decimal(0), MOST_MONEY),
    "gold_multiplier": (Decimal(1), Decimal(10)),
    "platinum_from": (Decimal(0), MOST_MONEY),
    "platinum_multiplier": (Decimal(1), Decimal(10)),
    "point_worth": (Decimal("0.001"), MOST_MONEY),
    "least_spent": (Decimal(1), Decimal(MOST)),
    "largest_share": (Decimal(1), Decimal(100)),
}
ONE_ABOVE_ANOTHER = (("silver_from", "gold_from"), ("gold_from", "platinum_from"))


def problems_of(rules: Mapping[str, Any]) -> Iterator[tuple[str, ValidationError]]:
    """What is wrong with those of the rules that are given, by their keys: `out_of_range`, `not_above`."""
    for name, (least, most) in BOUNDS.items():
        if name in rules and not least <= Decimal(rules[name]) <= most:
            yield name, ValidationError(f"From {least} to {most}.", "out_of_range")
    for lower, higher in ONE_ABOVE_ANOTHER:
        if {lower, higher} <= rules.keys() and Decimal(rules[lower]) >= Decimal(rules[higher]):
            yield higher, ValidationError("A tier begins above the one before.", "not_above")


def as_stored(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as text without the zeros at their end, so that an equal number is no change."""
    return {
        key: value if isinstance(value, bool) else f"{Decimal(value).normalize():f}" for key, value in rules.items()
    }
