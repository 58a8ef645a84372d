"""Periods of a subscription: whole months or years, counted from the day on which it began to cost."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from platform_core.billing.models import BillingCycle

MONTHS = {BillingCycle.MONTHLY: 1, BillingCycle.ANNUAL: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included; days in UTC."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def days_from(self, day: date) -> int:
        """How many of its days are left on `day`, that day included; 0 when it is over, all before it began."""
        return min(max((self.last - day).days + 1, 0), self.days)


def period_from(first: date, *, anchor: date, cycle: str) -> Period:
    """The period that begins on `first`, of those counted from `anchor`.

    It ends the day before the anchor's day comes again, one month or one year later; a month that has no such day ends
    before its last one, and the next period goes back to the anchor's day: 31 January, 28 February, 31 March.
    A `first` between two anchor days has the period that ends before the next of them.
    """
    step = MONTHS[BillingCycle(cycle)]
    number = max(((first.year - anchor.year) * 12 + first.month - anchor.month) // step, 0)
    while _months_after(anchor, number * step) <= first:
        number += 1
    return Period(first, _months_after(anchor, number * step) - timedelta(days=1))


def _months_after(anchor: date, months: int) -> date:
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))
