"""The first page of the console says what the ledgers say, and so do its files."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from platform_core.accounts.models import PlatformRole
from platform_core.billing.models import TenantSubscription
from platform_core.billing.recurring.models import RecurringChange
from platform_core.console.dashboard.chosen import chosen_days
from platform_core.console.dashboard.tables import PARTS
from platform_core.metrics.business.span import Span
from platform_core.metrics.models import PlatformMetric
from platform_core.plans.models import TenantPlan
from platform_core.status.models import HealthDay
from platform_core.tenancy.context import TenantInfo
from tests.people import log_in, make_user, platform_browser
from tests.statements import StatementCount

pytestmark = pytest.mark.usefixtures("platform")
TODAY = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture
def march(make_shop: Callable[..., TenantInfo]) -> None:
    """A shop that began to pay 100 a month on the second of March, and a day of it."""
    shop = make_shop("acme")
    running = TenantSubscription.objects.create(
        tenant_id=shop.id, plan=TenantPlan.objects.get(name="basic"), amount=100,
        current_period_start=date(2026, 3, 2), current_period_end=date(2026, 4, 1),
    )  # fmt: skip
    RecurringChange.objects.create(
        tenant_id=shop.id, subscription=running, day=date(2026, 3, 2), move="new", annual_change=Decimal(1200),
        annual_value=1200, plan="basic", currency="USD",
    )  # fmt: skip
    PlatformMetric.objects.create(
        date=date(2026, 3, 31), total_tenants=1, active_tenants=1, recurring_revenue=Decimal(100),
        total_revenue=Decimal("119.5"), uptime_percentage=Decimal("99.93"), avg_response_time_ms=4,
    )  # fmt: skip
    for day, looks in ((30, 20), (31, 1400)):
        at = datetime(2026, 3, day, 23, 59, tzinfo=UTC)
        HealthDay.objects.create(
            part="website", day=at.date(), looks=looks, looks_well=looks, looked_at=at, is_well=True, since=at
        )


def operator(role: PlatformRole = PlatformRole.SUPPORT) -> Client:
    browser = platform_browser()
    log_in(browser, make_user("op@smartseller.example", role=role))
    return browser


def rows(answer: Any) -> list[list[str]]:
    return [line.split(",") for line in answer.content.decode("utf-8-sig").splitlines()]


def test_numbers_charts_and_files_are_of_the_days_that_are_chosen(march: None) -> None:
    with time_machine.travel(TODAY, tick=False):
        browser = operator()
        page = browser.get("/admin/").content.decode()
        files = {part: browser.get(f"/admin/figures/{part}.csv?days=30") for part in PARTS}
        early = browser.get("/admin/figures/recurring.csv?from=2026-01-01&to=2026-01-31")

    for said in ("$100.00", "$1,200.00", "$119.50", "99.93 %", "Answers after 4 ms", "Nobody looked in 40 minutes"):
        assert said in page, said
    assert rows(files["recurring"]) == [["Day", "MRR (USD)", "ARR (USD)"], ["2026-03-31", "100.00", "1200.00"]]
    assert rows(files["revenue"])[1:] == [["2026-03-31", "119.50"]]
    assert rows(files["uptime"])[1:] == [["2026-03-31", "99.93", "4", "40"]]
    assert rows(files["moves"])[-1] == ["2026-03", "100.00", "0.00", "0.00", "0.00", "0.00", "100.00"]
    assert rows(files["churn"])[-1] == ["2026-03", "", "", "", "0", "0", "1", "1"]
    assert rows(files["cohorts"]) == [["Began", "Merchants", "0"], ["2026-03", "1", "100.0"]]
    assert files["cohorts"].headers["Content-Disposition"].endswith('"platform-cohorts-2026-03-02-2026-03-31.csv"')
    assert rows(early) == [["Day", "MRR (USD)", "ARR (USD)"]]


def test_the_dashboard_takes_as_many_statements_with_many_shops_as_with_one(
    march: None, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = operator()
    browser.get("/admin/")
    with StatementCount() as one:
        browser.get("/admin/")
    make_shop("bolt")
    make_shop("cog")
    with StatementCount() as three:
        browser.get("/admin/")

    assert one.count == three.count <= 30


def test_nobody_else_sees_the_figures() -> None:
    browser = platform_browser()
    log_in(browser, make_user())

    assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/figures/revenue.csv").status_code == 302
    assert operator().get("/admin/figures/salaries.csv").status_code == 404


@pytest.mark.parametrize(
    ("query", "span", "has_problem"),
    [
        ({}, Span(date(2026, 3, 2), date(2026, 3, 31)), False),
        ({"days": "7"}, Span(date(2026, 3, 25), date(2026, 3, 31)), False),
        ({"days": "8"}, Span(date(2026, 3, 2), date(2026, 3, 31)), True),
        ({"from": "2026-02-01", "to": "2027-01-01"}, Span(date(2026, 2, 1), date(2026, 3, 31)), False),
        ({"from": "2026-03-05", "to": "2026-03-04"}, Span(date(2026, 3, 2), date(2026, 3, 31)), True),
        ({"from": "yesterday", "to": "2026-03-04"}, Span(date(2026, 3, 2), date(2026, 3, 31)), True),
        ({"from": "2001-01-01", "to": "2026-03-04"}, Span(date(2026, 3, 2), date(2026, 3, 31)), True),
    ],
)
def test_days_that_are_none_are_the_usual_ones_with_a_reason(
    query: dict[str, str], span: Span, has_problem: bool
) -> None:
    chosen = chosen_days(query, TODAY.date())
    assert (chosen.span, bool(chosen.problem)) == (span, has_problem)
