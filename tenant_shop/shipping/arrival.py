"""When goods arrive: working days from the order on, as dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Days:
    """So many working days, at the earliest and at the latest. Monday to Friday are worked; no holiday is known."""

    first: int
    last: int

    def counted_from(self, day: date) -> "Arrival":
        """The days on which it arrives, of what is ordered on `day`: 0 is that day itself, if people work then."""
        return Arrival(_after(day, self.first), _after(day, self.last))


@dataclass(frozen=True, slots=True)
class Arrival:
    """The first and the last day on which it is expected."""

    first: date
    last: date


def read_days(row: Mapping[str, Any]) -> Days | None:
    """The days of a rate's row, if the merchant said them. Errors: TypeError, ValueError for what is no such pair."""
    first, last = row.get("days_from"), row.get("days_to")
    if first is None and last is None:
        return None
    days = Days(int(first if first is not None else last), int(last if last is not None else first))  # type: ignore[arg-type]
    if not 0 <= days.first <= days.last:
        raise ValueError(f"from {days.first} to {days.last} working days")
    return days


def _after(day: date, working_days: int) -> date:
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    for _ in range(working_days):
        day += timedelta(days=3 if day.weekday() == SATURDAY - 1 else 1)
    return day
