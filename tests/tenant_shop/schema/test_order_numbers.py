"""Order numbers: YYYYMM and a counter that has no gaps, no twins and no end."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError
from psycopg.types.json import Jsonb

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.models import Setting
from tenant_shop.orders.history import OrderCounter
from tenant_shop.orders.models import Order
from tests.factories.orders import OrderFactory
from tests.tenant_shop.schema.connections import as_app, blocked

PLACE = """
    INSERT INTO orders (customer_email, subtotal_amount, total_amount, shipping_address, billing_address)
    VALUES ('ann@example.com', 1, 1, '{}', '{}') RETURNING order_number
"""


def month(zone: str = "UTC") -> str:
    return f"{datetime.now(ZoneInfo(zone)):%Y%m}"


def test_orders_are_counted_from_one_with_six_digits(shop: TenantInfo) -> None:
    numbers = [OrderFactory().order_number for _ in range(3)]

    assert numbers == [f"{month()}000001", f"{month()}000002", f"{month()}000003"]


def test_the_order_knows_its_number_after_the_one_statement_that_inserts_it(
    shop: TenantInfo, count_statements: type
) -> None:
    with count_statements() as statements:
        order = OrderFactory()

    assert order.order_number == f"{month()}000001"
    assert statements.count == 1


def test_numbers_grow_past_999999(shop: TenantInfo) -> None:
    OrderCounter.objects.create(month=int(month()), last_number=999_998)

    assert [OrderFactory().order_number for _ in range(3)] == [
        f"{month()}999999", f"{month()}1000000", f"{month()}1000001",
    ]  # fmt: skip


def test_an_order_that_is_rolled_back_leaves_no_gap(shop: TenantInfo) -> None:
    with as_app(shop) as app:
        assert app.execute(PLACE).fetchone() == (f"{month()}000001",)
        app.rollback()

    assert OrderFactory().order_number == f"{month()}000001"


@pytest.mark.parametrize("before", [0, 1])
def test_two_orders_at_once_get_two_numbers(shop: TenantInfo, before: int) -> None:
    OrderFactory.create_batch(before)
    with as_app(shop) as first, as_app(shop) as second:
        number = first.execute(PLACE).fetchone()
        with blocked(second, PLACE) as order:
            first.commit()
        other = order.result().fetchone()
        second.commit()

    assert [number, other] == [(f"{month()}{before + 1:06}",), (f"{month()}{before + 2:06}",)]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_month_is_that_of_the_shops_time_zone(shop: TenantInfo, zone: str) -> None:
    Setting.objects.filter(key="timezone").update(value=zone)

    with as_app(shop) as app:
        app.execute("SET TIME ZONE 'Asia/Tokyo'")  # the session's own zone does not matter
        number = app.execute(PLACE).fetchone()

    assert number == (f"{month(zone)}000001",)


@pytest.mark.parametrize("value", ["Mars/Olympus", "", None, {}])
def test_a_time_zone_that_does_not_exist_is_refused_when_it_is_written(shop: TenantInfo, value: object) -> None:
    with as_app(shop) as app, pytest.raises(Exception, match=r"time zone|settings_timezone_check"):
        app.execute("UPDATE settings SET value = %s WHERE key = 'timezone'", (Jsonb(value),))

    assert Setting.objects.get(key="timezone").value == "UTC"


def test_a_given_number_is_kept_and_stepped_over(shop: TenantInfo) -> None:
    imported = OrderFactory(order_number=f"{month()}000002")

    assert imported.order_number == f"{month()}000002"
    assert [OrderFactory().order_number for _ in range(2)] == [f"{month()}000001", f"{month()}000003"]
    with pytest.raises(IntegrityError, match="orders_order_number_key"):
        OrderFactory(order_number=f"{month()}000002")


def test_an_empty_number_is_filled_in(shop: TenantInfo) -> None:
    order = OrderFactory(order_number="")

    assert Order.objects.get(pk=order.pk).order_number == f"{month()}000001"
