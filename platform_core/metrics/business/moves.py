"""What made recurring revenue grow and shrink, month by month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from platform_core.billing.recurring.models import RevenueMove
from platform_core.metrics.business.span import Span
from smartseller.money import quantize

MOVES = """
    WITH months AS (
        SELECT month::date AS month, LEAST((month + interval '1 month')::date, %(next)s::date) AS next
        FROM generate_series(%(first)s::date::timestamp, %(last)s::date::timestamp, interval '1 month') AS month
    )
    SELECT m.month, c.move, COALESCE(sum(c.annual_change), 0)
    FROM months m LEFT JOIN recurring_changes c ON c.day >= m.month AND c.day < m.next AND c.currency = %(currency)s
    GROUP BY m.month, c.move ORDER BY m.month
"""


@dataclass(frozen=True, slots=True)
class MonthMoves:
    """What a month of the calendar (UTC) added to MRR, and took away, by why; rounded half up to cents, each by
    itself. `month` is its first day."""

    month: date
    amounts: dict[str, Decimal]

    @property
    def net(self) -> Decimal:
        """By how much MRR grew: net new MRR. Source: docs/business.md, "what made it grow"."""
        return sum(self.amounts.values(), Decimal(0))


def moves_of(span: Span, *, currency: str = "USD") -> list[MonthMoves]:
    """Of the twelve months that end with the last day's, the oldest first; the last goes as far as the days. Every
    kind is in each. One statement."""
    parameters: dict[str, Any] = {
        "first": span.first_month,
        "last": span.last,
        "next": span.after,
        "currency": currency,
    }
    nothing = quantize(Decimal(0), currency)
    months: dict[date, dict[str, Decimal]] = {}
    with connection.cursor() as cursor:
        cursor.execute(MOVES, parameters)
        for month, move, year in cursor.fetchall():
            amounts = months.setdefault(month, dict.fromkeys(RevenueMove.values, nothing))
            if move is not None:
                amounts[move] = quantize(year / 12, currency)
    return [MonthMoves(month, amounts) for month, amounts in months.items()]
