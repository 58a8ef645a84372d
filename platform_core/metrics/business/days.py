"""The platform's days, one by one, as they were added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import fmean

from platform_core.metrics.business.span import Span
from platform_core.metrics.models import PlatformMetric


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What days come to. Money in USD; `recurring` (MRR), `shops` and `open_shops` as they stood on the last day that
    is known, the rest is added up; `uptime` in percent and `response_ms` are the average of the days that were
    measured, None without one.
    """

    recurring: Decimal = Decimal(0)
    revenue: Decimal = Decimal(0)
    shops: int = 0
    open_shops: int = 0
    new: int = 0
    left: int = 0
    orders: int = 0
    api_calls: int = 0
    uptime: float | None = None
    response_ms: float | None = None

    @property
    def annual(self) -> Decimal:
        """ARR: twelve times MRR, as it stands on that day; a run rate, no forecast. Source: docs/business.md."""
        return self.recurring * 12


def days_of(span: Span) -> list[PlatformMetric]:
    """The days that are known, the oldest first. One statement."""
    return list(PlatformMetric.objects.filter(date__gte=span.first, date__lte=span.last).order_by("date"))


def totals_of(days: Sequence[PlatformMetric]) -> Totals:
    """The days, the oldest first, put together."""
    if not days:
        return Totals()
    newest = days[-1]
    return Totals(
        recurring=newest.recurring_revenue,
        revenue=sum((day.total_revenue for day in days), Decimal(0)),
        shops=newest.total_tenants,
        open_shops=newest.active_tenants,
        new=sum(day.new_tenants for day in days),
        left=sum(day.churned_tenants for day in days),
        orders=sum(day.total_orders for day in days),
        api_calls=sum(day.total_api_calls or 0 for day in days),
        uptime=_average([day.uptime_percentage for day in days]),
        response_ms=_average([day.avg_response_time_ms for day in days]),
    )


def within(days: Sequence[PlatformMetric], first: date, last: date) -> list[PlatformMetric]:
    return [day for day in days if first <= day.date <= last]


def _average(values: Sequence[Decimal | int | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return fmean(known) if known else None
