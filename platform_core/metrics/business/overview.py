"""Everything about some days at once."""

from dataclasses import dataclass
from datetime import date

from platform_core.metrics.business.cohorts import Cohort, cohorts_of
from platform_core.metrics.business.days import Totals, days_of, totals_of, within
from platform_core.metrics.business.moves import MonthMoves, moves_of
from platform_core.metrics.business.span import Span, months_of
from platform_core.metrics.business.subscribers import Subscribers, subscribers_of
from platform_core.metrics.business.trials import Trials, running_trials, trials_of
from platform_core.metrics.models import PlatformMetric


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """The figures of `span`, those of as many days before it, and those of the twelve months that end with it."""

    span: Span
    days: list[PlatformMetric]
    totals: Totals
    totals_before: Totals
    subscribers: Subscribers
    subscribers_before: Subscribers
    subscribers_by_month: list[Subscribers]
    trials: Trials
    trials_before: Trials
    trials_by_month: list[Trials]
    trials_running: int
    moves: list[MonthMoves]
    cohorts: list[Cohort]


def business_of(span: Span, today: date) -> Business:
    """As it is known on `today` (UTC). Six statements, however many days and merchants."""
    known = days_of(Span(span.before.first, span.last))
    days = within(known, span.first, span.last)
    asked = [span, span.before, *months_of(span)]
    subscribers, subscribers_before, *subscribers_by_month = subscribers_of(asked)
    trials, trials_before, *trials_by_month = trials_of(asked)
    return Business(
        span=span,
        days=days,
        totals=totals_of(days),
        totals_before=totals_of(within(known, span.before.first, span.before.last)),
        subscribers=subscribers,
        subscribers_before=subscribers_before,
        subscribers_by_month=subscribers_by_month,
        trials=trials,
        trials_before=trials_before,
        trials_by_month=trials_by_month,
        trials_running=running_trials(today),
        moves=moves_of(span),
        cohorts=cohorts_of(span),
    )
