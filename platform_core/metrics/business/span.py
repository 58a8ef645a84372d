"""The days that figures are of."""

from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
# Figures by month are those of a year, whatever days are looked at.
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """Days in UTC, both included. Errors: ValueError when the last is before the first."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} is before {self.first}")

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def after(self) -> date:
        """The day after the last."""
        return self.last + ONE_DAY

    @property
    def before(self) -> "Span":
        """As many days that end before it."""
        return Span(self.first - timedelta(days=self.length), self.first - ONE_DAY)

    @property
    def first_month(self) -> date:
        """The first day of the first of the `MONTHS` calendar months that end with the one of the last day."""
        number = self.last.year * 12 + self.last.month - MONTHS
        return date(number // 12, number % 12 + 1, 1)


def last_days(number: int, today: date) -> Span:
    """So many days that end with yesterday: what is known of today is not all of it."""
    return Span(today - timedelta(days=number), today - ONE_DAY)


def months_of(span: Span) -> list[Span]:
    """The twelve calendar months that end with the last day's, the oldest first; the last ends with that day."""
    found, first = [], span.first_month
    while first <= span.last:
        after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        found.append(Span(first, min(after - ONE_DAY, span.last)))
        first = after
    return found
