"""What points take off: pure arithmetic."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartseller.money import smallest_unit
from tenant_shop.loyalty.errors import PointsRefusal, PointsRefused
from tenant_shop.loyalty.rules import SpendingRules, loyalty_rules
from tenant_shop.loyalty.spending import Purse, Spending, most_points, spend


def rules(worth: str = "0.01", **changes: Any) -> SpendingRules:
    values = {"least": 100, "share": Decimal("0.5"), "beside_discounts": True, **changes}
    return SpendingRules(worth=Decimal(worth), **values)


def spent(
    wanted: int,
    *costs: str,
    by: SpendingRules | None = None,
    balance: int | None = 100_000,
    is_discounted: bool = False,
    currency: str = "EUR",
) -> Spending:
    return spend(
        by or rules(),
        Purse(balance=balance, wanted=wanted),
        costs=[Decimal(cost) for cost in costs],
        is_discounted=is_discounted,
        currency=currency,
    )


def test_points_are_shared_over_the_lines_by_largest_remainder() -> None:
    found = spent(100, "3.33", "3.33", "3.34", by=rules(share=Decimal(1)))
    assert (found.points, found.amount) == (100, Decimal("1.00"))
    assert found.parts == (Decimal("0.33"), Decimal("0.33"), Decimal("0.34"))


@pytest.mark.parametrize(
    ("worth", "currency", "wanted", "taken", "amount"),
    [
        ("0.01", "EUR", 150, 150, "1.50"),
        ("0.003", "EUR", 101, 100, "0.30"),  # a point more is worth nothing more
        ("0.003", "EUR", 103, 100, "0.30"),
        ("1", "JPY", 150, 150, "150"),
        ("0.5", "JPY", 101, 100, "50"),
        ("0.001", "KWD", 150, 150, "0.150"),
    ],
)
def test_worth_is_cut_to_the_minor_unit_and_takes_no_more_points_than_it_needs(
    worth: str, currency: str, wanted: int, taken: int, amount: str
) -> None:
    found = spent(wanted, "1000", by=rules(worth), currency=currency)
    assert (found.points, found.amount) == (taken, Decimal(amount))


@pytest.mark.parametrize(
    ("wanted", "changes", "reason", "possible"),
    [
        (200, {"balance": None}, PointsRefusal.GUEST, 0),
        (200, {"balance": 199}, PointsRefusal.NOT_ENOUGH, 199),
        (200, {"balance": -3}, PointsRefusal.NOT_ENOUGH, 0),
        (99, {}, PointsRefusal.TOO_FEW, 100),
        (501, {}, PointsRefusal.TOO_MANY, 500),
        (600, {"by": rules(least=501)}, PointsRefusal.ORDER_TOO_SMALL, 0),
        (100, {"by": rules("0.00001")}, PointsRefusal.WORTH_NOTHING, 0),
        (200, {"by": rules(beside_discounts=False), "is_discounted": True}, PointsRefusal.BESIDE_DISCOUNT, 0),
    ],
)
def test_what_is_refused_and_why(wanted: int, changes: Any, reason: PointsRefusal, possible: int) -> None:
    with pytest.raises(PointsRefused) as refused:
        spent(wanted, "10.00", **changes)
    assert (refused.value.reason, refused.value.possible) == (reason, possible)


def test_where_points_cannot_be_spent_they_are_refused() -> None:
    with pytest.raises(PointsRefused) as refused:
        spend(None, Purse(balance=500, wanted=100), costs=[Decimal(10)], is_discounted=False, currency="EUR")
    assert refused.value.reason == PointsRefusal.OFF


@given(
    worth=st.decimals("0.001", "20", places=3),
    share=st.integers(1, 100),
    least=st.integers(1, 50),
    balance=st.integers(-5, 5000),
    costs=st.lists(st.decimals("0", "300", places=2), min_size=1, max_size=6),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_the_most_can_be_spent_one_more_cannot_and_no_line_falls_below_nothing(
    worth: Decimal, share: int, least: int, balance: int, costs: list[Decimal], currency: str
) -> None:
    costs = [cost // 1 if currency == "JPY" else cost for cost in costs]
    by = rules(str(worth), share=Decimal(share) / 100, least=least)
    most = most_points(by, balance=balance, costs=costs, is_discounted=False, currency=currency)

    def attempt(wanted: int) -> Spending:
        purse = Purse(balance=balance, wanted=wanted)
        return spend(by, purse, costs=costs, is_discounted=False, currency=currency)

    if most:
        found = attempt(most)
        assert 0 < found.points <= most
        assert found.amount <= sum(costs) * by.share
        assert found.amount <= found.points * worth
        assert found.amount > (found.points - 1) * worth
        assert all(0 <= part <= cost for part, cost in zip(found.parts, costs, strict=True))
        assert all(part % smallest_unit(currency) == 0 for part in found.parts)
    with pytest.raises(PointsRefused):
        attempt(max(most, least - 1) + 1)


def test_rules_are_read_as_they_are_stored() -> None:
    stored = {"is_on": True, "may_be_spent": True, "largest_share": "25", "beside_discounts": False}
    assert loyalty_rules(stored).spending == SpendingRules(
        worth=Decimal("0.01"), least=100, share=Decimal("0.25"), beside_discounts=False
    )
    assert loyalty_rules({**stored, "is_on": False}).spending is None
    assert loyalty_rules({**stored, "may_be_spent": False}).spending is None


@pytest.mark.parametrize(
    "stored",
    [
        {"point_worth": "0"},
        {"point_worth": "NaN"},
        {"largest_share": "101"},
        {"largest_share": "0"},
        {"least_spent": "0"},
        {"least_spent": "some"},
    ],
)
def test_rules_that_cannot_be_read_turn_the_programme_off(
    stored: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    assert not loyalty_rules({"is_on": True, "may_be_spent": True, **stored}).is_on
    assert "the setting loyalty has unusable rules" in caplog.text
