"""The figures of the business are those of the ledgers, to the cent and to the merchant."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from platform_core.billing.models import TenantSubscription
from platform_core.billing.recurring.models import RecurringChange
from platform_core.metrics.business.cohorts import cohorts_of
from platform_core.metrics.business.days import days_of, totals_of
from platform_core.metrics.business.moves import moves_of
from platform_core.metrics.business.overview import business_of
from platform_core.metrics.business.span import Span, last_days, months_of
from platform_core.metrics.business.subscribers import Subscribers, subscribers_of
from platform_core.metrics.business.trials import running_trials, trials_of
from platform_core.metrics.models import PlatformMetric
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")
MARCH = Span(date(2026, 3, 1), date(2026, 3, 31))


def subscription(slug: str, **values: Any) -> TenantSubscription:
    tenant, _ = Tenant.objects.get_or_create(
        slug=slug, defaults={
            "name": slug, "database_name": f"nowhere_{slug}", "contact_email": f"owner@{slug}.example",
            "status": "active", "sandbox_of": values.pop("sandbox_of", None),
        },
    )  # fmt: skip
    began = values.pop("began", date(2026, 1, 1))
    made, is_new = TenantSubscription.objects.get_or_create(
        tenant=tenant, defaults={
            "plan": TenantPlan.objects.get(name="basic"), "amount": 30, "current_period_start": began,
            "current_period_end": began + timedelta(days=30), **values,
        },
    )  # fmt: skip
    if is_new:
        began_at = datetime.combine(began, datetime.min.time(), UTC)
        TenantSubscription.objects.filter(pk=made.pk).update(created_at=began_at)
    return made


def changes(slug: str, *told: tuple[date, str, str], currency: str = "USD") -> None:
    """A merchant's line of the ledger: from a day on so much more or less in a year, by this move."""
    found = subscription(slug)
    for day, change, move in told:
        RecurringChange.objects.create(
            tenant=found.tenant, subscription=found, day=day, move=move, annual_change=Decimal(change),
            annual_value=0, plan="basic", currency=currency,
        )  # fmt: skip


@pytest.fixture
def year() -> None:
    """Four who pay when March begins: one goes on, one takes more, one less, one leaves; two come, one of whom goes."""
    january, february = date(2026, 1, 10), date(2026, 2, 10)
    changes("stays", (january, "120", "new"))
    changes("grows", (january, "120", "new"), (date(2026, 3, 31), "240", "expansion"))
    changes("shrinks", (february, "240", "new"), (date(2026, 3, 1), "-60", "contraction"))
    changes("leaves", (february, "120", "new"), (date(2026, 3, 15), "-120", "churn"))
    changes("comes", (date(2026, 3, 2), "1200", "new"))
    changes("passes", (date(2026, 3, 3), "600", "new"), (date(2026, 3, 30), "-600", "churn"))
    changes("later", (date(2026, 4, 1), "9999", "new"))
    changes("elsewhere", (january, "5000", "new"), currency="EUR")


def test_churn_is_who_paid_at_the_start_and_does_not_at_the_end(year: None) -> None:
    (march,) = subscribers_of([MARCH])

    assert march == Subscribers(
        first=date(2026, 3, 1), at_start=4, lost=1, gained=1, year_at_start=Decimal(600), year_lost=Decimal(180),
        year_kept=Decimal(660), year_at_end=Decimal(1860),
    )  # fmt: skip
    assert (march.at_end, march.churn, march.revenue_churn, march.retention) == (4, 25.0, 30.0, 110.0)
    assert march.average == Decimal("38.75")


def test_without_anybody_there_is_no_rate() -> None:
    (march,) = subscribers_of([MARCH])

    assert (march.at_start, march.at_end, march.year_at_end) == (0, 0, 0)
    assert (march.churn, march.revenue_churn, march.retention, march.average) == (None, None, None, None)


def test_spans_may_overlap_and_come_back_in_their_order(year: None) -> None:
    found = subscribers_of([MARCH, Span(date(2026, 3, 1), date(2026, 3, 1)), Span(date(2026, 1, 1), date(2026, 1, 31))])
    assert [(each.at_start, each.lost, each.gained) for each in found] == [(4, 1, 1), (4, 0, 0), (0, 0, 2)]


def test_what_made_revenue_grow_adds_up_to_its_growth(year: None) -> None:
    months = moves_of(Span(date(2026, 3, 20), date(2026, 3, 30)))

    assert [month.month for month in months][:2] == [date(2025, 4, 1), date(2025, 5, 1)]
    assert (len(months), months[-1].month) == (12, date(2026, 3, 1))
    # The last of March is beyond the days: nobody has taken more yet.
    assert months[-1].amounts == {
        "new": Decimal("150.00"), "expansion": Decimal("0.00"), "contraction": Decimal("-5.00"),
        "churn": Decimal("-60.00"), "return": Decimal("0.00"),
    }  # fmt: skip
    assert months[-1].net == Decimal("85.00")
    assert [month.net for month in months[-3:-1]] == [Decimal("20.00"), Decimal("30.00")]


def test_a_cohort_is_who_first_paid_in_a_month_and_who_comes_back_counts_again(year: None) -> None:
    changes("leaves", (date(2026, 4, 20), "120", "return"))

    found = {each.month: each for each in cohorts_of(Span(date(2026, 4, 1), date(2026, 4, 30)))}

    assert (found[date(2026, 1, 1)].size, found[date(2026, 1, 1)].stayed) == (2, (2, 2, 2, 2))
    assert (found[date(2026, 2, 1)].size, found[date(2026, 2, 1)].stayed) == (2, (2, 1, 2))
    assert found[date(2026, 2, 1)].rates == (100.0, 50.0, 100.0)
    assert (found[date(2026, 3, 1)].size, found[date(2026, 3, 1)].stayed) == (2, (1, 1))
    assert (found[date(2026, 4, 1)].size, found[date(2026, 4, 1)].stayed) == (1, (1,))
    assert len(found) == 4


def test_a_trial_counts_when_it_was_to_end_and_converts_when_it_brings_something() -> None:
    for slug, began, ends in (
        ("early", date(2026, 2, 25), date(2026, 3, 10)),
        ("paid", date(2026, 3, 1), date(2026, 3, 14)),
        ("gone", date(2026, 3, 5), date(2026, 3, 18)),
        ("open", date(2026, 3, 25), date(2026, 4, 7)),
    ):
        subscription(slug, began=began, trial_end=ends)
    subscription("copy", began=date(2026, 3, 1), trial_end=date(2026, 3, 14), sandbox_of=Tenant.objects.first().pk)
    changes("paid", (date(2026, 3, 15), "360", "new"))
    TenantSubscription.objects.filter(tenant__slug="gone").update(status="cancelled")
    TenantSubscription.objects.filter(tenant__slug="paid").update(anchor_date=date(2026, 3, 15))

    march, april = trials_of([MARCH, Span(date(2026, 4, 1), date(2026, 4, 30))])

    assert (march.began, march.ended, march.paid) == (3, 3, 1)
    assert march.conversion == pytest.approx(100 / 3)
    assert (april.began, april.ended, april.conversion) == (0, 1, 0.0)
    assert running_trials(date(2026, 3, 31)) == 1
    assert running_trials(date(2026, 4, 8)) == 0


def test_days_come_to_sums_states_and_averages_of_what_was_measured() -> None:
    for number, (uptime, ms) in enumerate(((Decimal("99.50"), 10), (None, None), (Decimal("100.00"), 20)), start=1):
        PlatformMetric.objects.create(
            date=date(2026, 3, number), total_tenants=number, active_tenants=number - 1, new_tenants=1,
            churned_tenants=number % 2, total_revenue=Decimal("10.50"), recurring_revenue=Decimal(100 * number),
            total_orders=5, total_api_calls=7, uptime_percentage=uptime, avg_response_time_ms=ms,
        )  # fmt: skip

    found = totals_of(days_of(MARCH))

    assert (found.recurring, found.annual, found.revenue) == (Decimal(300), Decimal(3600), Decimal("31.50"))
    assert (found.shops, found.open_shops, found.new, found.left, found.orders, found.api_calls) == (3, 2, 3, 2, 15, 21)
    assert (found.uptime, found.response_ms) == (99.75, 15.0)
    nothing = totals_of([])
    assert (nothing.recurring, nothing.uptime) == (Decimal(0), None)


def test_months_and_days_before_are_those_of_the_calendar() -> None:
    span = last_days(30, date(2026, 3, 31))
    assert (span.first, span.last, span.length) == (date(2026, 3, 1), date(2026, 3, 30), 30)
    assert span.before == Span(date(2026, 1, 30), date(2026, 2, 28))
    months = months_of(span)
    assert (len(months), months[0], months[-1]) == (
        12, Span(date(2025, 4, 1), date(2025, 4, 30)), Span(date(2026, 3, 1), date(2026, 3, 30)),
    )  # fmt: skip
    assert months_of(Span(date(2024, 2, 29), date(2024, 2, 29)))[-1] == Span(date(2024, 2, 1), date(2024, 2, 29))
    with pytest.raises(ValueError, match="before"):
        Span(date(2026, 3, 2), date(2026, 3, 1))


def test_everything_takes_seven_statements_whoever_pays(year: None, count_statements: Any) -> None:
    with count_statements() as counted:
        found = business_of(MARCH, date(2026, 4, 1))

    assert isinstance(counted, StatementCount)
    assert counted.count == 7
    assert (found.subscribers.lost, found.subscribers_before.gained, len(found.subscribers_by_month)) == (1, 2, 12)
    assert sum(month.net for month in found.moves) == Decimal("155.00") == found.subscribers.year_at_end / 12
