"""Figures over the API: the dashboard's, by day, by what sold best, and by who came back."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine

from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hosts import shop_url
from tenant_shop.analytics.models import AnalyticsDaily
from tenant_shop.analytics.roll_up import roll_up
from tenant_shop.models import Customer, Order, Product
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.shopping import configure
from tests.statements import StatementCount

Program = Callable[..., ApiClient]


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "read_analytics")


def bought(day: datetime, product: Product, total: str, **order: object) -> Order:
    """A confirmed order of one piece."""
    made = OrderFactory(
        status="confirmed",
        currency="EUR",
        total_amount=total,
        shipping_address={"country": "DE"},
        **order,
    )
    variant = product.variant_rows.get()
    OrderItemFactory(order=made, product=product, variant=variant, quantity=1, unit_price=total, total_price=total)
    Order.objects.filter(pk=made.pk).update(created_at=day)
    return made


def test_days_and_best_sellers_are_the_dashboards(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        configure(timezone="UTC")
        shelf = CategoryFactory(name="Tools")
        hammer, nail = ProductFactory(name="Hammer", category=shelf), ProductFactory(name="Nail", category=shelf)
        ann: Customer = CustomerFactory()
        bought(datetime(2026, 3, 2, 9, tzinfo=UTC), hammer, "30", customer=ann)
        bought(datetime(2026, 3, 3, 9, tzinfo=UTC), nail, "10", customer=ann)
        bought(datetime(2026, 2, 28, 9, tzinfo=UTC), nail, "5", customer=None)
        roll_up(date(2026, 2, 1), date(2026, 3, 31))
        AnalyticsDaily.objects.filter(date="2026-03-02").update(website_visitors=8, page_views=20)

    api.get("/analytics/daily/")  # what the plan includes is known then
    with StatementCount() as statements:
        found = api.get("/analytics/daily/?from=2026-03-01&until=2026-03-03").json()

    assert statements.count == 3  # the key, the settings, the days
    assert (found["first_day"], found["currency"], found["timezone"]) == ("2026-03-01", "EUR", "UTC")
    assert [(day["date"], day["sales"], day["orders"]) for day in found["days"]] == [
        ("2026-03-01", "0.00", 0),
        ("2026-03-02", "30.00", 1),
        ("2026-03-03", "10.00", 1),
    ]
    assert found["total"] == {
        "sales": "40.00", "gross": "40.00", "average_order": "20.00", "orders": 2, "units": 2, "new_customers": 1,
        "returning_customers": 1, "visitors": 8, "views": 20, "conversion": "25.00",
    }  # fmt: skip
    assert (found["before"]["sales"], found["before"]["conversion"]) == ("5.00", None)
    period = "from=2026-02-01&until=2026-03-31"
    products = api.get(f"/analytics/top-products/?{period}&limit=1").json()["results"]
    assert products == [{"key": str(hammer.pk), "name": "Hammer", "orders": 1, "units": 1, "revenue": "30.00"}]
    categories = api.get(f"/analytics/top-categories/?{period}").json()["results"]
    assert categories == [{"key": str(shelf.pk), "name": "Tools", "orders": 3, "units": 3, "revenue": "45.00"}]
    countries = api.get(f"/analytics/top-countries/?{period}").json()["results"]
    assert countries == [{"key": "DE", "name": "DE", "orders": 3, "units": None, "revenue": "45.00"}]


def test_cohorts_are_who_bought_first_in_a_month_and_came_back(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        configure(timezone="Europe/Berlin")
        hammer, ann, bob = ProductFactory(), CustomerFactory(), CustomerFactory()
        bought(datetime(2025, 12, 31, 23, 30, tzinfo=UTC), hammer, "10", customer=ann)  # January in Berlin
        bought(datetime(2026, 1, 20, 9, tzinfo=UTC), hammer, "5", customer=bob)
        bought(datetime(2026, 2, 3, 9, tzinfo=UTC), hammer, "7", customer=ann)
        bought(datetime(2026, 2, 4, 9, tzinfo=UTC), hammer, "7", customer=ann)
        bought(datetime(2026, 2, 9, 9, tzinfo=UTC), hammer, "3", customer=None, customer_email="Cy@x.example")
        bought(datetime(2026, 3, 9, 9, tzinfo=UTC), hammer, "4", customer=None, customer_email="cy@X.example")
        bought(datetime(2026, 3, 9, 9, tzinfo=UTC), hammer, "4", customer=None, customer_email="")
        bought(datetime(2026, 2, 9, 9, tzinfo=UTC), hammer, "99", customer=bob, is_test=True)
        Order.objects.filter(customer=bob, total_amount="5").update(currency="USD")

    found = api.get("/analytics/cohorts/?until=2026-03-31&months=3").json()

    def month(number: int, buyers: int, orders: int, revenue: str) -> dict[str, object]:
        return {"number": number, "buyers": buyers, "orders": orders, "revenue": revenue}

    assert found["cohorts"] == [
        {"month": "2026-01", "size": 2, "months": [month(0, 1, 1, "10.00"), month(1, 1, 2, "14.00")]},
        {"month": "2026-02", "size": 1, "months": [month(0, 1, 1, "3.00"), month(1, 1, 1, "4.00")]},
    ]
    later = api.get("/analytics/cohorts/?until=2026-02-01&months=1").json()
    assert [cohort["month"] for cohort in later["cohorts"]] == ["2026-02"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("daily/?from=2026-03-02&until=2026-03-01", (400, "ends_before_it_begins", "until")),
        ("daily/?from=2025-01-01&until=2026-03-01", (400, "too_long", "from")),
        ("daily/?from=0001-01-01", (400, "out_of_range", "from")),
        ("daily/?from=yesterday", (400, "invalid", "from")),
        ("top-products/?limit=0", (400, "min_value", "limit")),
        ("top-products/?months=3", (400, "unknown_parameter", "months")),
        ("cohorts/?months=25", (400, "max_value", "months")),
    ],
)
def test_periods_that_cannot_be_meant_are_refused(query: str, refusal: tuple[object, ...], api: ApiClient) -> None:
    assert error_of(api.get(f"/analytics/{query}")) == refusal


def test_without_dates_the_last_thirty_days_are_told(api: ApiClient) -> None:
    with time_machine.travel("2026-03-31T12:00:00Z", tick=False):
        found = api.get("/analytics/daily/").json()

    assert (found["first_day"], found["last_day"], found["as_of"]) == ("2026-03-02", "2026-03-31", None)
    assert len(found["days"]) == 30


def test_figures_are_for_keys_that_may_read_them(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "write_orders")

    for path in ("daily", "top-products", "top-categories", "top-countries", "cohorts"):
        assert error_of(api.get(f"/analytics/{path}/"))[:2] == (403, "scope_missing")


@pytest.mark.usefixtures("kept_plans")
def test_what_the_plan_does_not_include_is_403_and_says_where_there_is_one(acme: TenantInfo, api: ApiClient) -> None:
    TenantPlan.objects.filter(name=acme.plan).update(features={"api_access": True, "advanced_reports": True})
    directory.forget_shops_of(acme.plan)

    refused = api.get("/analytics/daily/").json()["error"]

    assert (refused["code"], refused["plan"]) == ("analytics_not_in_plan", "Premium")
    assert refused["message"] == "The plan Premium does not include analytics."
    assert refused["upgrade_url"] == shop_url("acme", "/admin/plan/")
    for path in ("top-products", "top-categories", "top-countries"):
        assert error_of(api.get(f"/analytics/{path}/"))[:2] == (403, "analytics_not_in_plan")
    assert api.get("/analytics/cohorts/").status_code == 200
    TenantPlan.objects.filter(name=acme.plan).update(features={"api_access": True, "analytics": True})
    directory.forget_shops_of(acme.plan)
    assert api.get("/analytics/daily/").status_code == 200
    assert error_of(api.get("/analytics/cohorts/"))[:2] == (403, "advanced_reports_not_in_plan")
