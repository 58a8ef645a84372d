"""Which days are shown, and as of when."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.analytics.figures import days_of
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.period import Period
from tenant_shop.configuration.models import Setting
from tenant_shop.dashboard.chosen import LONGEST, chosen_days
from tenant_shop.dashboard.numbers import change
from tests.people import staff_browser

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("query", "first", "last", "days"),
    [
        ({}, date(2026, 2, 9), TODAY, "30"),
        ({"days": "1"}, TODAY, TODAY, "1"),
        ({"days": "7"}, date(2026, 3, 4), TODAY, "7"),
        ({"days": "90"}, date(2025, 12, 11), TODAY, "90"),
        ({"from": "2025-01-01", "to": "2025-01-31"}, date(2025, 1, 1), date(2025, 1, 31), ""),
        ({"from": "2026-03-01", "to": "2099-01-01"}, date(2026, 3, 1), TODAY, ""),
    ],
)
def test_periods_end_today_at_the_latest(query: dict[str, str], first: date, last: date, days: str) -> None:
    chosen = chosen_days(query, TODAY)
    assert (chosen.period, chosen.days, chosen.problem) == (Period(first, last), days, "")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"days": "31"}, "There is no such period; these are the last 30 days."),
        ({"from": "2026-01-01"}, "Please enter both days, such as 2026-01-31."),
        ({"from": "yesterday", "to": "2026-01-01"}, "Please enter both days, such as 2026-01-31."),
        ({"from": "2026-01-02", "to": "2026-01-01"}, "The first day is after the last one."),
        ({"from": "2026-03-11", "to": "2026-03-12"}, "The first day has to lie between 1990-01-01 and today."),
        ({"from": "0001-01-01", "to": "2026-01-01"}, "The first day has to lie between 1990-01-01 and today."),
        ({"from": "1990-01-01", "to": "2026-01-01"}, f"That is more than {LONGEST:,} days; please choose fewer."),
    ],
)
def test_what_is_no_period_is_said_and_the_usual_one_shown(query: dict[str, str], problem: str) -> None:
    chosen = chosen_days(query, TODAY)
    assert (chosen.problem, chosen.period.length, chosen.days) == (problem, 30, "30")


def test_the_period_before_is_as_long_and_ends_right_before() -> None:
    assert Period(date(2026, 3, 1), TODAY).before == Period(date(2026, 2, 19), date(2026, 2, 28))
    with pytest.raises(ValueError, match="is after"):
        Period(TODAY, TODAY - timedelta(days=1))


@pytest.mark.parametrize(
    ("now", "before", "percent"),
    [(15, 10, 50), (10, 15, -33), (0, 10, -100), (10, 10, 0), (10, 0, None), (10, -5, None), (None, 5, None)],
)
def test_a_change_needs_something_to_compare_with(now: int | None, before: int, percent: int | None) -> None:
    assert change(now, before) == percent


@pytest.fixture
def browser(make_shop: Callable[..., TenantInfo]) -> Client:
    acme = make_shop("acme", timezone="Asia/Tokyo")
    with tenant_context(acme):
        Setting.objects.update_or_create(key="timezone", defaults={"value": "Asia/Tokyo"})
    return staff_browser(acme)


def rolled_up(day: date, at: datetime) -> None:
    AnalyticsDaily.objects.create(date=day, rolled_up_at=at)


@pytest.mark.parametrize(
    ("newest", "at", "query", "said"),
    [
        (None, None, "days=7", "Nothing has been added up yet; figures come within the hour."),
        (TODAY, datetime(2026, 3, 9, 16, 5, tzinfo=UTC), "days=7", "Figures as of 10 Mar 2026, 01:05."),
        (
            date(2026, 3, 8), datetime(2026, 3, 8, 3, tzinfo=UTC), "days=7",
            "The days after 8 Mar 2026 have not been added up yet. Figures as of 8 Mar 2026, 12:00.",
        ),
        (TODAY, datetime(2026, 3, 9, 16, 5, tzinfo=UTC), "from=2026-03-01&to=2026-03-09", ""),
        (date(2026, 3, 9), datetime(2026, 3, 9, 15, 0, tzinfo=UTC), "from=2026-03-01&to=2026-03-09", ""),
        (
            date(2026, 3, 9), datetime(2026, 3, 9, 14, 59, tzinfo=UTC), "from=2026-03-01&to=2026-03-09",
            "Figures as of 9 Mar 2026, 23:59.",
        ),
    ],
)  # fmt: skip
def test_figures_say_as_of_when_they_are(
    browser: Client, newest: date | None, at: datetime, query: str, said: str, make_shop: Callable[..., TenantInfo]
) -> None:
    from platform_core.tenancy import directory

    if newest:
        acme = directory.by_slug("acme")
        assert acme is not None
        with tenant_context(acme):
            rolled_up(newest, at)
    # The tenth in Tokyo, still the ninth in London.
    with time_machine.travel(datetime(2026, 3, 9, 17, tzinfo=UTC), tick=True):
        page = browser.get(f"/dashboard/?{query}")
    assert (page.context["as_of"].text, page.context["as_of"].is_behind) == (said, "added up" in said)
    assert page.context["chosen"].period.last == (TODAY if "days" in query else date(2026, 3, 9))


def test_days_are_read_in_one_statement(shop: TenantInfo, count_statements: Callable[[], object]) -> None:
    rolled_up(TODAY - timedelta(days=400), datetime(2025, 1, 1, tzinfo=UTC))
    with count_statements() as statements:  # type: ignore[attr-defined]
        days = days_of(Period(TODAY, TODAY))
    assert (statements.count, days.newest) == (1, TODAY - timedelta(days=400))
