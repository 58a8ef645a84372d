"""How many of those who began to pay in a month still do, month after month."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from platform_core.metrics.business.span import Span

COHORTS = """
    WITH paying AS (
        SELECT tenant_id, date_trunc('month', min(day))::date AS cohort FROM recurring_changes
        WHERE annual_change > 0 AND currency = %(currency)s GROUP BY tenant_id
    ),
    months AS (
        SELECT month::date AS month, LEAST((month + interval '1 month')::date, %(next)s::date) AS next
        FROM generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, interval '1 month') AS month
    ),
    states AS (
        SELECT p.cohort, m.month, p.tenant_id, COALESCE(sum(c.annual_change), 0) AS brings
        FROM paying p JOIN months m ON m.month >= p.cohort
        LEFT JOIN recurring_changes c
            ON c.tenant_id = p.tenant_id AND c.day < m.next AND c.currency = %(currency)s
        WHERE p.cohort >= %(first)s
        GROUP BY p.cohort, m.month, p.tenant_id
    )
    SELECT cohort, count(*), count(*) FILTER (WHERE brings > 0) FROM states
    GROUP BY cohort, month ORDER BY cohort, month
"""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Merchants who first paid in `month` (its first day, UTC). `stayed` is how many of the `size` paid at the end of
    that month, of the next, and so on; the last month is as far as the days go."""

    month: date
    size: int
    stayed: tuple[int, ...]

    @property
    def rates(self) -> tuple[float, ...]:
        """Cohort retention, in percent of those who began. Who left and came back counts again.

        Source: docs/business.md, "cohorts".
        """
        return tuple(100 * number / self.size for number in self.stayed)


def cohorts_of(span: Span, *, currency: str = "USD") -> list[Cohort]:
    """Those of the twelve months that end with the last day's, the oldest first; a month in which nobody began has
    none. One statement."""
    parameters: dict[str, Any] = {
        "first": span.first_month,
        "last": span.last,
        "next": span.after,
        "currency": currency,
    }
    found: dict[date, tuple[int, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COHORTS, parameters)
        for month, size, stayed in cursor:
            found.setdefault(month, (size, []))[1].append(stayed)
    return [Cohort(month, size, tuple(stayed)) for month, (size, stayed) in found.items()]
