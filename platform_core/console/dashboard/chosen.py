"""Which days the figures are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from platform_core.metrics.business.span import ONE_DAY, Span, last_days

LAST = {"7": "7 days", "30": "30 days", "90": "90 days", "365": "a year"}
USUAL = "30"
# Three years; a longer table would be read by nobody.
LONGEST = 1100
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`days` is a key of `LAST`, or empty for days of one's own. `problem` says why it is not what was asked for."""

    span: Span
    days: str
    problem: str = ""

    @property
    def query(self) -> str:
        """The same days in an address."""
        if self.days:
            return urlencode({"days": self.days})
        return urlencode({"from": self.span.first.isoformat(), "to": self.span.last.isoformat()})

    @property
    def title(self) -> str:
        return f"{self.span.first:%-d %B %Y} to {self.span.last:%-d %B %Y}"


def chosen_days(query: Mapping[str, str], today: date) -> Chosen:
    """The days that `query` names ("days", or "from" and "to"), yesterday at the latest; the usual ones, with a reason,
    when it names none."""
    asked, first, last = query.get("days", ""), query.get("from", ""), query.get("to", "")
    if not first and not last:
        if asked and asked not in LAST:
            return _usual(today, "There is no such period.")
        return Chosen(last_days(int(asked or USUAL), today), asked or USUAL)
    try:
        begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return _usual(today, "Please enter both days, such as 2026-01-31.")
    ends = min(ends, today - ONE_DAY)
    if begins > ends or begins < EARLIEST:
        return _usual(today, "The first day has to lie before the last one, and both before today.")
    if (ends - begins).days + 1 > LONGEST:
        return _usual(today, f"That is more than {LONGEST:,} days; please choose fewer.")
    return Chosen(Span(begins, ends), "")


def _usual(today: date, problem: str) -> Chosen:
    return Chosen(last_days(int(USUAL), today), USUAL, problem)
