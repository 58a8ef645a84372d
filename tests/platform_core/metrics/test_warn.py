"""Merchants are written to when they reach 80 % of what their plan includes, and all of it: once."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from platform_core.mails.models import PlatformMail
from platform_core.mails.send import send_waiting
from platform_core.metrics import roll_up_shop
from platform_core.metrics.models import RollupTurn, TenantMetric
from platform_core.metrics.roll_up_shop import roll_up_turn
from platform_core.metrics.warn import warn_of_plan
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context

pytestmark = pytest.mark.usefixtures("platform")
MARCH, APRIL = date(2026, 3, 9), date(2026, 4, 1)


@pytest.fixture
def acme(make_shop: Any, kept_plans: None) -> TenantInfo:
    """With room for a hundred products and ten orders a month."""
    TenantPlan.objects.filter(name="basic").update(
        max_products=100, max_orders_per_month=10, max_customers=-1, max_staff_users=1, max_file_storage_gb=None
    )
    return directory.read_now(make_shop("acme", plan_type="basic").id)


def day(shop: TenantInfo, on: date, *, orders: int, products: int) -> None:
    TenantMetric.objects.create(
        tenant_id=shop.id, date=on, currency="EUR", orders=orders, revenue=0, customers=999, products=products
    )


def test_it_is_told_at_eighty_and_at_a_hundred_once_and_orders_once_a_month(acme: TenantInfo) -> None:
    day(acme, date(2026, 3, 1), orders=7, products=79)
    assert not warn_of_plan(acme, MARCH)
    day(acme, date(2026, 3, 2), orders=0, products=80)
    assert [warn_of_plan(acme, MARCH), warn_of_plan(acme, MARCH)] == [True, False]
    day(acme, date(2026, 3, 3), orders=4, products=100)
    assert [warn_of_plan(acme, MARCH), warn_of_plan(acme, MARCH)] == [True, False]

    send_waiting(timezone.now())
    first, second = sorted(mail.outbox, key=lambda message: "100 of 100" in message.body)
    assert first.subject == "Acme has nearly used up what its plan includes"
    assert ("80 of 100 products." in first.body, "orders per month." in first.body) == (True, False)
    assert second.subject == "Acme has used up what its plan includes"
    for said in ("100 of 100 products.", "11 of 10 orders per month.", "No more can be added of: products."):
        assert said in second.body
    # The orders of April are none yet; the products were written about.
    assert [warn_of_plan(acme, APRIL), warn_of_plan(acme, APRIL)] == [True, False]
    day(acme, date(2026, 4, 1), orders=9, products=100)
    assert [warn_of_plan(acme, APRIL), warn_of_plan(acme, APRIL)] == [True, False]


def test_orders_of_a_months_last_day_are_told_though_the_next_month_has_begun(acme: TenantInfo) -> None:
    day(acme, date(2026, 3, 30), orders=7, products=0)
    day(acme, date(2026, 3, 31), orders=3, products=0)
    with tenant_context(acme):
        roll_up_turn(datetime(2026, 3, 31, 22, 5, tzinfo=UTC))  # it is April in Berlin
    assert PlatformMail.objects.get().payload["lines"] == ["10 of 10 orders per month."]
    day(acme, date(2026, 4, 1), orders=1, products=0)
    assert not warn_of_plan(acme, APRIL)


def test_a_sandbox_is_not_written_to_and_a_mail_that_fails_holds_no_figures_up(
    acme: TenantInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    day(acme, date(2026, 3, 1), orders=99, products=100)
    assert not warn_of_plan(replace(acme, sandbox_of=acme.id), MARCH)

    def fails(*said: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(roll_up_shop, "warn_of_plan", fails)
    with tenant_context(acme):
        roll_up_turn(datetime(2026, 3, 10, 12, tzinfo=UTC))
    assert RollupTurn.objects.get().failures == 0
    assert not PlatformMail.objects.exists()
