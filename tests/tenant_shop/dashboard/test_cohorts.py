"""Who comes back: a line for each month's new customers, and in it what share of them bought in the months after."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from platform_core.accounts.models import AccessRole, TenantAccess
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.analytics.cohorts import Cohort, Month
from tenant_shop.dashboard.cohorts import Cell, Line, first_of, lines_of
from tenant_shop.orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory
from tests.people import staff_browser
from tests.shopping import configure
from tests.statements import StatementCount

PAGE = "/dashboard/cohorts/"


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [(date(2026, 3, 31), 12, date(2025, 4, 1)), (date(2026, 12, 1), 12, date(2026, 1, 1)),
     (date(2026, 1, 1), 24, date(2024, 2, 1)), (date(2026, 1, 5), 1, date(2026, 1, 1))],
)  # fmt: skip
def test_the_running_month_is_the_last(today: date, months: int, first: date) -> None:
    assert first_of(today, months) == first


def test_each_month_until_now_has_its_share_and_those_to_come_have_none() -> None:
    def month(number: int, buyers: int) -> Month:
        return Month(number=number, buyers=buyers, orders=buyers, revenue=Decimal(0))

    january = Cohort(first_day=date(2026, 1, 1), size=8, months=[month(0, 8), month(2, 1)])
    march = Cohort(first_day=date(2026, 3, 1), size=3, months=[month(0, 3)])
    assert lines_of([january, march], date(2026, 1, 1), 3) == [
        Line(date(2026, 3, 1), 3, []),
        Line(date(2026, 1, 1), 8, [Cell(0, 0, 0), Cell(13, 1, 1)]),
    ]
    everybody = Cohort(first_day=date(2026, 1, 1), size=2, months=[month(1, 2)])
    assert lines_of([everybody], date(2026, 1, 1), 2)[0].cells == [Cell(100, 2, 9)]


def test_the_page_and_its_file_say_so_in_one_statement(make_shop: Callable[..., TenantInfo]) -> None:
    acme = make_shop("acme")
    with time_machine.travel(datetime(2026, 3, 15, 12, tzinfo=UTC), tick=False):
        with tenant_context(acme):
            configure()
            ann, bob = CustomerFactory(), CustomerFactory()
            for day, buyer in (((2026, 1, 9), ann), ((2026, 1, 9), bob), ((2026, 2, 9), ann)):
                made = OrderFactory(status="confirmed", currency="EUR", total_amount="10", customer=buyer)
                Order.objects.filter(pk=made.pk).update(created_at=datetime(*day, 9, tzinfo=UTC))
        browser = staff_browser(acme)
        browser.get(PAGE)
        with StatementCount() as statements:
            page = browser.get(PAGE)
        rows = list(csv.reader(io.StringIO(browser.get(f"{PAGE}?csv=1").content.decode("utf-8-sig"))))

    assert statements.count == 5  # session, user, access, settings, cohorts
    assert page.context["lines"] == [Line(date(2026, 1, 1), 2, [Cell(50, 1, 5), Cell(0, 0, 0)])]
    assert rows == [
        ["cohort", "size", "months_after", "buyers", "orders", "ordered (EUR)"],
        ["2026-01", "2", "0", "2", "2", "20.00"],
        ["2026-01", "2", "1", "1", "1", "10.00"],
    ]


def test_whoever_may_not_see_figures_does_not_see_these(make_shop: Callable[..., TenantInfo]) -> None:
    browser = staff_browser(make_shop("acme"), AccessRole.VIEWER)
    assert "Nobody has bought for the first time" in browser.get(f"{PAGE}?months=24").content.decode()
    TenantAccess.objects.update(permissions={"tenant_shop.view_analyticsdaily": False})
    assert browser.get(PAGE).status_code == 403
