"""Who pays, who began to, who stopped, and what became of the money: by the ledger of recurring revenue."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from platform_core.metrics.business.span import Span

# What each merchant brought in a year, before a span and at its end; a span of no length is a day's end.
STATES = """
    WITH spans AS (
        SELECT * FROM unnest(%(firsts)s::date[], %(nexts)s::date[]) WITH ORDINALITY AS asked (first, next, place)
    ),
    states AS (
        SELECT s.place, c.tenant_id,
               COALESCE(sum(c.annual_change) FILTER (WHERE c.day < s.first), 0) AS before, sum(c.annual_change) AS after
        FROM spans s JOIN recurring_changes c ON c.day < s.next AND c.currency = %(currency)s
        GROUP BY s.place, c.tenant_id
    )
    SELECT min(spans.first),
           count(*) FILTER (WHERE before > 0),
           count(*) FILTER (WHERE before > 0 AND after <= 0),
           count(*) FILTER (WHERE before <= 0 AND after > 0),
           COALESCE(sum(before), 0),
           COALESCE(sum(before - least(before, after)) FILTER (WHERE before > 0), 0),
           COALESCE(sum(after) FILTER (WHERE before > 0), 0),
           COALESCE(sum(after), 0)
    FROM spans LEFT JOIN states USING (place) GROUP BY place ORDER BY place
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribers:
    """Merchants who pay, over some days: so many paid when they began (`at_start`), of whom `lost` did not when they
    ended, and `gained` did then who had not. Amounts for a year, in the platform's currency.
    """

    first: date
    at_start: int
    lost: int
    gained: int
    year_at_start: Decimal
    year_lost: Decimal
    year_kept: Decimal
    year_at_end: Decimal

    @property
    def at_end(self) -> int:
        return self.at_start - self.lost + self.gained

    @property
    def churn(self) -> float | None:
        """Customer churn rate, in percent: those who were lost of those who paid at the start. None without any.

        Who came and left within the days is in neither. Source: docs/business.md, "churn of merchants".
        """
        return _percent(self.lost, self.at_start)

    @property
    def revenue_churn(self) -> float | None:
        """Gross revenue churn rate, in percent: what those who paid at the start bring less, of what they brought.
        Who brings more makes nothing good. None without any. Source: docs/business.md, "churn of revenue".
        """
        return _percent(self.year_lost, self.year_at_start)

    @property
    def retention(self) -> float | None:
        """Net revenue retention, in percent: what those who paid at the start bring at the end, of what they brought.
        Above 100 those who stay bring more than those who leave take away. None without any.
        Source: docs/business.md, "net retention".
        """
        return _percent(self.year_kept, self.year_at_start)

    @property
    def average(self) -> Decimal | None:
        """ARPA: what one who pays brings in a month, when the days end; not rounded. None without any.

        Source: docs/business.md, "average".
        """
        return self.year_at_end / 12 / self.at_end if self.at_end else None


def subscribers_of(spans: list[Span], *, currency: str = "USD") -> list[Subscribers]:
    """Of each of some spans, in their order. One statement."""
    parameters: dict[str, Any] = {
        "firsts": [span.first for span in spans],
        "nexts": [span.after for span in spans],
        "currency": currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(STATES, parameters)
        return [
            Subscribers(
                first=first,
                at_start=at_start,
                lost=lost,
                gained=gained,
                year_at_start=year_at_start,
                year_lost=year_lost,
                year_kept=year_kept,
                year_at_end=year_at_end,
            )
            for first, at_start, lost, gained, year_at_start, year_lost, year_kept, year_at_end in cursor.fetchall()
        ]


def _percent(part: int | Decimal, whole: int | Decimal) -> float | None:
    return float(100 * Decimal(part) / Decimal(whole)) if whole else None
