"""Periods tile the calendar from the day a subscription began to cost, and shares of a price are exact."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.billing.periods import Period, period_from
from platform_core.billing.prices import share

ANY_DAY = st.dates(date(2000, 1, 1), date(2090, 12, 31))
CYCLES = st.sampled_from(["monthly", "annual"])


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("anchor", "cycle", "last_days"),
    [
        ("2026-01-31", "monthly", ["2026-02-27", "2026-03-30", "2026-04-29", "2026-05-30"]),
        ("2028-01-30", "monthly", ["2028-02-28", "2028-03-29", "2028-04-29"]),
        ("2026-11-15", "monthly", ["2026-12-14", "2027-01-14", "2027-02-14"]),
        ("2024-02-29", "annual", ["2025-02-27", "2026-02-27", "2027-02-27", "2028-02-28", "2029-02-27"]),
        ("2026-03-01", "annual", ["2027-02-28", "2028-02-29", "2029-02-28"]),
    ],
)
def test_periods_go_back_to_the_day_they_are_counted_from(anchor: str, cycle: str, last_days: list[str]) -> None:
    first, found = day(anchor), []
    for _ in last_days:
        period = period_from(first, anchor=day(anchor), cycle=cycle)
        found.append(period.last.isoformat())
        first = period.last + timedelta(days=1)
    assert found == last_days


@given(anchor=ANY_DAY, cycle=CYCLES)
def test_periods_follow_each_other_without_a_gap_or_a_day_in_common(anchor: date, cycle: str) -> None:
    first = anchor
    for number in range(1, 30):
        period = period_from(first, anchor=anchor, cycle=cycle)
        assert period.first == first <= period.last
        months = number * (1 if cycle == "monthly" else 12)
        first = period.last + timedelta(days=1)
        assert (first.year * 12 + first.month) - (anchor.year * 12 + anchor.month) == months
        assert first.day == anchor.day or (first.day < anchor.day and (first + timedelta(days=1)).day == 1)


@given(anchor=ANY_DAY)
def test_twelve_months_are_a_year(anchor: date) -> None:
    first = anchor
    for _ in range(12):
        first = period_from(first, anchor=anchor, cycle="monthly").last + timedelta(days=1)
    assert first == period_from(anchor, anchor=anchor, cycle="annual").last + timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "left"),
    [("2026-01-31", 31), ("2026-02-01", 31), ("2026-02-14", 18), ("2026-03-03", 1), ("2026-03-04", 0)],
)
def test_the_day_of_a_change_counts_as_not_used(today: str, left: int) -> None:
    assert Period(day("2026-02-01"), day("2026-03-03")).days_from(day(today)) == left


@given(
    amount=st.decimals(0, 10_000, places=2), days=st.integers(0, 366), more=st.integers(0, 366),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
)  # fmt: skip
def test_a_share_is_off_by_half_a_minor_unit_at_most(amount: Decimal, days: int, more: int, currency: str) -> None:
    of_days = days + more or 1
    unit = {"USD": Decimal("0.01"), "JPY": Decimal(1), "KWD": Decimal("0.001")}[currency]
    found = share(amount, days, of_days, currency)
    assert found % unit == 0
    assert abs(found * of_days - amount * days) <= unit / 2 * of_days
    assert share(amount, of_days, of_days, "KWD") == amount
