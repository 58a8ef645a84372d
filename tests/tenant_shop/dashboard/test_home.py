from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.dashboard.figures import DAYS, Waiting, last_days, low_stock, waiting
from tenant_shop.orders.models import Order
from tests.factories.catalog import ProductFactory
from tests.factories.orders import OrderFactory
from tests.people import staff_browser
from tests.statements import StatementCount

BERLIN = ZoneInfo("Europe/Berlin")
# Half past midnight on the third in Berlin, still the second in London.
NOW = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


def order_at(moment: datetime, total: str, **values: object) -> None:
    order = OrderFactory(total_amount=Decimal(total), **values)
    Order.objects.filter(pk=order.pk).update(created_at=moment)


def test_days_begin_at_midnight_in_the_shop(shop: TenantInfo) -> None:
    order_at(datetime(2026, 3, 2, 23, 5, tzinfo=UTC), "10")  # today in Berlin
    order_at(datetime(2026, 3, 2, 22, 55, tzinfo=UTC), "20")  # yesterday
    order_at(datetime(2026, 2, 1, 23, 0, tzinfo=UTC), "40")  # the first of the thirty days
    order_at(datetime(2026, 2, 1, 22, 59, tzinfo=UTC), "80")  # a day too early

    days = last_days(NOW, BERLIN, "EUR")

    assert len(days) == DAYS
    assert [(days[i].orders, days[i].sales) for i in (0, -2, -1)] == [(1, 40), (1, 20), (1, 10)]
    assert sum(day.sales for day in days) == 70


def test_cancelled_orders_and_other_currencies_are_no_sales(shop: TenantInfo) -> None:
    order_at(NOW, "10")
    order_at(NOW, "20", status=Order.Status.CANCELLED)
    order_at(NOW, "30", status=Order.Status.REFUNDED)
    order_at(NOW, "40", currency="USD")

    assert last_days(NOW, BERLIN, "EUR")[-1].sales == 10


def test_what_waits_is_counted_by_whom_it_waits_for(shop: TenantInfo) -> None:
    OrderFactory()
    OrderFactory(payment_status="failed")
    OrderFactory(status="confirmed", payment_status="paid")
    OrderFactory(status="processing", payment_status="paid", fulfillment_status="partial")
    OrderFactory(status="processing", payment_status="paid", fulfillment_status="fulfilled")
    OrderFactory(status="cancelled")

    assert waiting() == Waiting(to_send=2, unpaid=2)


def test_low_stock_is_what_is_on_sale_and_counted(shop: TenantInfo) -> None:
    ProductFactory(name="Low", stock=3, low_stock_threshold=3)
    ProductFactory(name="Out", stock=0, low_stock_threshold=3)
    ProductFactory(name="Enough", stock=4, low_stock_threshold=3)
    ProductFactory(name="Draft", stock=0, status="draft")
    ProductFactory(name="Uncounted", stock=0, track_inventory=False)

    assert [variant.product.name for variant in low_stock()] == ["Out", "Low"]


@pytest.mark.parametrize("orders", [0, 1, 12])
def test_the_dashboard_costs_eight_statements_however_much_there_is(orders: int, acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(orders):
            OrderFactory()
            ProductFactory(stock=1)
    browser = staff_browser(acme, AccessRole.VIEWER)

    with StatementCount() as statements:
        response = browser.get("/dashboard/")

    assert response.status_code == 200
    assert statements.count == 8


def test_the_dashboard_speaks_the_shops_time_and_money(make_shop: Callable[..., TenantInfo]) -> None:
    tokyo = make_shop("tokyo", currency="JPY", timezone="Asia/Tokyo", name="東京の店")
    with tenant_context(tokyo):
        from platform_core.tenancy.hooks import ShopProfile, shop_hooks

        assert shop_hooks.seed is not None
        shop_hooks.seed(
            ShopProfile(
                name="東京の店", email="a@b.example", currency="JPY", timezone="Asia/Tokyo", country="JP", theme={}
            )
        )
    browser = staff_browser(tokyo)
    with time_machine.travel(datetime(2026, 3, 2, 20, 0, tzinfo=UTC), tick=True):
        with tenant_context(tokyo):
            order_at(datetime(2026, 3, 2, 16, 0, tzinfo=UTC), "1250", currency="JPY")
        page = browser.get("/dashboard/").content.decode()

    assert "Tuesday, 3 March" in page
    assert "¥1,250" in page
    assert "01:00" in page
    assert "東京の店" in page
