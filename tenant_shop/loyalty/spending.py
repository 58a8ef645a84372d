"""What points take off an order. Pure: the quote and the order ask the same functions, so they cannot differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from smartseller.money import allocate, quantize, smallest_unit
from tenant_shop.loyalty.errors import PointsRefusal, PointsRefused
from tenant_shop.loyalty.rules import SpendingRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Purse:
    """How many points the customer has, and how many they want to spend. `balance` is None for a guest."""

    balance: int | None
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """The points that an order takes; `parts` are what each line is cheaper by them, in the lines' order."""

    points: int
    parts: tuple[Decimal, ...]

    @property
    def amount(self) -> Decimal:
        return sum(self.parts, Decimal(0))


def most_points(
    rules: SpendingRules | None, *, balance: int, costs: Sequence[Decimal], is_discounted: bool, currency: str
) -> int:
    """How many points can be spent on lines that cost `costs` after discounts; 0 when none can."""
    if rules is None or (is_discounted and not rules.beside_discounts):
        return 0
    most = min(balance, _by_price(rules, costs, currency))
    return most if most >= rules.least and worth_of(rules, most, currency) else 0


def spend(
    rules: SpendingRules | None,
    purse: Purse,
    *,
    costs: Sequence[Decimal],
    is_discounted: bool,
    currency: str,
) -> Spending:
    """What the points that are wanted take off lines that cost `costs` after discounts.

    Rounding: their worth is cut to the minor unit, and no more points are taken than it needs; then it is shared by
        largest remainder over what the lines cost.
    Errors: PointsRefused, when not exactly what is wanted can be spent.
    """
    if rules is None:
        raise PointsRefused(PointsRefusal.OFF)
    if purse.balance is None:
        raise PointsRefused(PointsRefusal.GUEST)
    if is_discounted and not rules.beside_discounts:
        raise PointsRefused(PointsRefusal.BESIDE_DISCOUNT)
    if purse.wanted > purse.balance:
        raise PointsRefused(PointsRefusal.NOT_ENOUGH, possible=max(purse.balance, 0))
    if purse.wanted < rules.least:
        raise PointsRefused(PointsRefusal.TOO_FEW, possible=rules.least)
    by_price = _by_price(rules, costs, currency)
    if by_price < rules.least:
        raise PointsRefused(PointsRefusal.ORDER_TOO_SMALL)
    if purse.wanted > by_price:
        raise PointsRefused(PointsRefusal.TOO_MANY, possible=by_price)
    amount = worth_of(rules, purse.wanted, currency)
    points = int((amount / rules.worth).to_integral_value(rounding=ROUND_CEILING))
    if not points:
        raise PointsRefused(PointsRefusal.WORTH_NOTHING)
    return Spending(points=points, parts=tuple(allocate(amount, costs, currency)))


def worth_of(rules: SpendingRules, points: int, currency: str) -> Decimal:
    """What `points` take off, in `currency`. Rounding: down, to the minor unit."""
    return _cut(points * rules.worth, currency)


def _by_price(rules: SpendingRules, costs: Sequence[Decimal], currency: str) -> int:
    """The points that are worth no more than the largest share of the price."""
    most = _cut(sum(costs, Decimal(0)) * rules.share, currency)
    return int((most / rules.worth).to_integral_value(rounding=ROUND_FLOOR))


def _cut(amount: Decimal, currency: str) -> Decimal:
    unit = smallest_unit(currency)
    return quantize((amount / unit).to_integral_value(rounding=ROUND_FLOOR) * unit, currency)
