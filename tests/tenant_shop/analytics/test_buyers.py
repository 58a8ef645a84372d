"""Who bought in some days, and had bought before them: each buyer once, however often somebody came."""

from datetime import UTC, date, datetime, timedelta

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.analytics.counted import one_of_each_buyer, returning_buyers
from tenant_shop.analytics.period import Period
from tenant_shop.configuration.models import Setting
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.models import Order
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


@pytest.fixture
def settings_of(shop: TenantInfo) -> ShopSettings:
    for key, value in (("timezone", "UTC"), ("currency", "EUR")):
        Setting.objects.update_or_create(key=key, defaults={"value": value})
    return shop_settings()


def ordered(day: int, **given: object) -> Order:
    """A confirmed order of a day of March, or before it when the day is below one."""
    order = OrderFactory(**{"status": "confirmed", "currency": "EUR", **given})
    Order.objects.filter(pk=order.pk).update(created_at=datetime(2026, 3, 1, 9, tzinfo=UTC) + timedelta(days=day - 1))
    return order


def test_a_buyer_counts_once_in_a_period_however_often_somebody_comes(settings_of: ShopSettings) -> None:
    regular, newcomer, past = CustomerFactory(), CustomerFactory(), CustomerFactory()
    ordered(-20, customer=regular)
    ordered(-10, customer=past)
    ordered(0, customer=None, customer_email="Ann@example.com")
    first = ordered(2, customer=regular)
    ordered(9, customer=regular)
    began = ordered(3, customer=newcomer)
    ordered(20, customer=newcomer)
    guest = ordered(5, customer=None, customer_email="ann@example.com")
    ordered(6, customer=None, customer_email="ANN@example.com")
    nobody = {"customer": None, "customer_email": ""}
    ordered(-3, **nobody)
    ordered(7, **nobody)
    ordered(8, customer=past, status="cancelled")

    customers, guests = returning_buyers(MARCH, settings_of)

    assert [row["customer"] for row in customers] == [regular.pk]
    assert [row["address"] for row in guests] == ["ann@example.com"]
    orders = Order.objects.all()
    came_back = one_of_each_buyer(orders, MARCH, settings_of, came_before=True)
    assert set(came_back.values_list("pk", flat=True)) == {first.pk, guest.pk}
    new = one_of_each_buyer(orders, MARCH, settings_of, came_before=False)
    assert list(new.values_list("pk", flat=True)) == [began.pk]


def test_an_order_that_does_not_count_makes_nobody_a_returning_customer(settings_of: ShopSettings) -> None:
    buyer = CustomerFactory()
    ordered(-5, customer=buyer, status="cancelled")
    ordered(-4, customer=buyer, is_test=True)
    ordered(4, customer=buyer)

    assert [rows.count() for rows in returning_buyers(MARCH, settings_of)] == [0, 0]
