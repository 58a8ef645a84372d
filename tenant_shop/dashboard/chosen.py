"""Which days the dashboard is asked for: the last 1, 7, 30 or 90, or from one day to another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from tenant_shop.analytics.period import Period

LAST = {"1": "Today", "7": "7 days", "30": "30 days", "90": "90 days"}
USUAL = "30"
# Ten years of days; a longer table would be read by nobody.
LONGEST = 3660
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A period; `days` is a key of `LAST`, or empty for days of one's own. `problem` says why it is not what was asked
    for.
    """

    period: Period
    days: str
    problem: str = ""

    @property
    def query(self) -> str:
        """The same days in an address."""
        if self.days:
            return urlencode({"days": self.days})
        return urlencode({"from": self.period.first.isoformat(), "to": self.period.last.isoformat()})

    @property
    def title(self) -> str:
        """What the period is called in a sentence."""
        if self.days == "1":
            return "today"
        if self.days:
            return f"the last {self.days} days"
        return f"{self.period.first:%-d %b %Y} to {self.period.last:%-d %b %Y}"

    @property
    def before(self) -> str:
        """What the period before is called."""
        if self.days == "1":
            return "yesterday"
        return f"the {self.period.length} days before" if self.period.length > 1 else "the day before"


def chosen_days(query: Mapping[str, str], today: date, *, any_days: bool = True) -> Chosen:
    """The period that `query` names ("days", or, where `any_days` may be chosen, "from" and "to"); the usual one, with
    a reason, when it names none.
    """
    asked = query.get("days", "")
    first, last = query.get("from", ""), query.get("to", "")
    if not first and not last:
        return _last(asked if asked in LAST else USUAL, today, _unknown(asked))
    if not any_days:
        return _last(USUAL, today, "Days of your own choice come with analytics. These are the last 30 days.")
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return _last(USUAL, today, "Please enter both days, such as 2026-01-31.")
    if begins > ends:
        return _last(USUAL, today, "The first day is after the last one.")
    if begins > today or begins < EARLIEST:
        return _last(USUAL, today, f"The first day has to lie between {EARLIEST} and today.")
    ends = min(ends, today)
    if (ends - begins).days + 1 > LONGEST:
        return _last(USUAL, today, f"That is more than {LONGEST:,} days; please choose fewer.")
    return Chosen(Period(begins, ends), "")


def _last(days: str, today: date, problem: str) -> Chosen:
    return Chosen(Period(today - timedelta(days=int(days) - 1), today), days, problem)


def _unknown(asked: str) -> str:
    return "" if not asked or asked in LAST else "There is no such period; these are the last 30 days."
