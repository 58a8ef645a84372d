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
from platform_core.status.read import unseen_minutes


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """The figures of `span`, those of as many days before it, and those of the twelve months that end with it. `unseen`
    are the minutes of its days in which nobody looked whether the platform was up, as far as looks are remembered."""

    span: Span
    days: list[PlatformMetric]
    unseen: dict[date, int]
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
    """As it is known on `today` (UTC). Seven statements, however many days and merchants."""
    known = days_of(Span(span.before.first, span.last))
    days = within(known, span.first, span.last)
    asked = [span, span.before, *months_of(span)]
    subscribers, subscribers_before, *subscribers_by_month = subscribers_of(asked)
    trials, trials_before, *trials_by_month = trials_of(asked)
    return Business(
        span=span,
        days=days,
        unseen=unseen_minutes(span.first, span.last),
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
