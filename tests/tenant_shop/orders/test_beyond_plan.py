"""A plan that includes fewer orders in a month refuses none: it is written down, and the merchant told."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.db import DatabaseError

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration import beyond_plan
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.orders.beyond_plan import orders_of_plan
from tenant_shop.orders.cancel import cancel_order
from tenant_shop.orders.confirmation import send_confirmation_task
from tenant_shop.orders.models import Order
from tests.people import staff_browser
from tests.shopping import configure, order_of, stocked


@pytest.fixture(autouse=True)
def selling(shop: TenantInfo) -> Iterator[TenantInfo]:
    """Plans outlive a test."""
    configure()
    before = list(TenantPlan.objects.values("pk", "max_orders_per_month"))
    yield shop
    for plan in before:
        TenantPlan.objects.filter(pk=plan["pk"]).update(max_orders_per_month=plan["max_orders_per_month"])


def include(orders: int | None) -> None:
    TenantPlan.objects.filter(name="premium").update(max_orders_per_month=orders)


def sell() -> Order:
    """An order, and the job that follows it."""
    order = order_of((stocked(), 1))
    event = OutboxEvent.objects.get(topic="mail.order_placed", payload__order_id=str(order.pk))
    send_confirmation_task.run(str(event.pk))
    return order


def noted(shop: TenantInfo) -> list[Any]:
    with tenant_scope(shop.id):
        found = AuditLog.objects.filter(action="exceed_plan").order_by("created_at")
        return list(found.values_list("resource_type", "tenant_id", "user_id", "new_values"))


def test_orders_beyond_the_plan_are_placed_and_noted_once_a_month(selling: TenantInfo) -> None:
    include(2)
    for _ in range(2):
        sell()
    assert noted(selling) == []
    cancel_order(sell().pk, reason="", actor="ann")
    assert sell().status == "pending"
    values = {"plan": TenantPlan.objects.get(name="premium").display_name, "included": 2, "there": 3}
    assert noted(selling) == [("orders", selling.id, None, values)]


@pytest.mark.parametrize("unlimited", [None, -1])
def test_an_unlimited_plan_is_never_exceeded(selling: TenantInfo, unlimited: int | None) -> None:
    include(unlimited)
    sell()
    assert noted(selling) == []


def test_a_month_is_one_of_the_shops_own_time_zone() -> None:
    configure(timezone="Asia/Tokyo")
    include(0)
    month = orders_of_plan()
    assert (month.there, month.beyond) == (0, 0)
    sell()
    assert orders_of_plan().there == 1
    with time_machine.travel(datetime(2031, 3, 31, 16, tzinfo=UTC), tick=False):
        assert orders_of_plan().there == 0, "it is April in Tokyo"


def test_an_order_stands_when_it_cannot_be_noted(selling: TenantInfo, caplog: pytest.LogCaptureFixture) -> None:
    include(0)
    with mock.patch.object(beyond_plan, "record", side_effect=DatabaseError("down")):
        assert sell().status == "pending"
    assert "beyond its plan" in caplog.text
    sell()
    assert [row[3]["there"] for row in noted(selling)] == [2]


def test_the_first_page_warns_as_long_as_it_is_so(selling: TenantInfo) -> None:
    include(1)
    for _ in range(3):
        sell()
    browser = staff_browser(selling)
    page = browser.get("/dashboard/")
    (warning,) = [each for each in page.context["waiting"] if each.title == "Orders this month beyond your plan"]
    assert (warning.count, warning.url) == (2, "/admin/tenant_shop/order/?")
    assert "includes 1, you have 3. Nobody is turned away" in page.content.decode()
    include(3)
    assert "beyond your plan" not in browser.get("/dashboard/").content.decode()
