"""Who tries the platform out, and who stays."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from platform_core.metrics.business.span import Span

# A trial belongs to the day on which it was to end, however early its merchant decided.
TRIALS = """
    WITH spans AS (
        SELECT * FROM unnest(%(firsts)s::date[], %(nexts)s::date[]) WITH ORDINALITY AS asked (first, next, place)
    ),
    trials AS (
        SELECT (s.created_at AT TIME ZONE 'UTC')::date AS began, s.trial_end,
               EXISTS (SELECT FROM recurring_changes c WHERE c.subscription_id = s.id AND c.move = 'new') AS pays
        FROM tenant_subscriptions s JOIN tenants t ON t.id = s.tenant_id AND t.sandbox_of IS NULL
        WHERE s.trial_end IS NOT NULL
    )
    SELECT min(spans.first),
           count(*) FILTER (WHERE began >= spans.first AND began < spans.next),
           count(*) FILTER (WHERE trial_end >= spans.first AND trial_end < spans.next),
           count(*) FILTER (WHERE trial_end >= spans.first AND trial_end < spans.next AND pays)
    FROM spans LEFT JOIN trials ON true GROUP BY place ORDER BY place
"""
RUNNING = """
    SELECT count(*) FROM tenant_subscriptions s JOIN tenants t ON t.id = s.tenant_id AND t.sandbox_of IS NULL
    WHERE s.status = 'active' AND s.anchor_date IS NULL AND s.trial_end >= %(today)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Trials over some days: so many began, and so many were to end, of which `paid` became a subscription that
    brought something in."""

    first: date
    began: int
    ended: int
    paid: int

    @property
    def conversion(self) -> float | None:
        """Trial conversion rate, in percent: those that paid of those that ended. None when none did.

        Source: docs/business.md, "conversion".
        """
        return 100 * self.paid / self.ended if self.ended else None


def trials_of(spans: list[Span]) -> list[Trials]:
    """Of each of some spans, in their order. One statement."""
    parameters: dict[str, Any] = {
        "firsts": [span.first for span in spans],
        "nexts": [span.after for span in spans],
    }
    with connection.cursor() as cursor:
        cursor.execute(TRIALS, parameters)
        return [Trials(first=first, began=began, ended=ended, paid=paid) for first, began, ended, paid in cursor]


def running_trials(today: date) -> int:
    """How many try the platform out on `today` (UTC). One statement."""
    with connection.cursor() as cursor:
        cursor.execute(RUNNING, {"today": today})
        return int(cursor.fetchone()[0])
