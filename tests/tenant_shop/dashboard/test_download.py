"""Files for spreadsheets: the same rights, the same days, and nothing that runs."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.analytics.roll_up import roll_up
from tenant_shop.configuration.models import Setting
from tenant_shop.dashboard.download import safe
from tenant_shop.orders.models import Order
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SPAN = "from=2026-03-09&to=2026-03-10"


@pytest.fixture
def browser(make_shop: Callable[..., TenantInfo]) -> Client:
    acme = make_shop("acme", currency="EUR")
    with tenant_context(acme):
        for key, value in (("timezone", "UTC"), ("currency", "EUR")):
            Setting.objects.update_or_create(key=key, defaults={"value": value})
        product = ProductFactory(name="=HYPERLINK(A1)", category=CategoryFactory(name='+Sale, "cheap"'))
        order = OrderFactory(
            status="confirmed", total_amount=Decimal("12.5"), shipping_address={"country": "DE"}, currency="EUR"
        )
        OrderItemFactory(order=order, variant=product.variant_rows.get(), quantity=2, total_price=Decimal("12.5"))
        Order.objects.update(created_at=NOON)
        roll_up(NOON.date(), NOON.date())
    return staff_browser(acme)


@pytest.mark.parametrize(
    ("part", "rows"),
    [
        ("products", ["product,orders,pieces,goods (EUR)", "'=HYPERLINK(A1),1,2,12.50"]),
        ("categories", ["category,orders,pieces,goods (EUR)", '"\'+Sale, ""cheap""",1,2,12.50']),
        ("countries", ["code,country,orders,ordered (EUR)", "DE,Germany,1,12.50"]),
        ("hours", ["weekday,hour,orders,ordered (EUR)", "Tuesday,12,1,12.50"]),
        (
            "days",
            [
                "date,sales (EUR),ordered (EUR),orders,pieces,average order (EUR),visitors,page views,conversion (%),"
                "new customers,returning customers",
                "2026-03-09,0.00,0.00,0,0,,0,0,,0,0",
                "2026-03-10,12.50,12.50,1,2,12.50,0,0,,1,0",
            ],
        ),
    ],
)
def test_every_part_is_a_file(browser: Client, part: str, rows: list[str]) -> None:
    response = browser.get(f"/dashboard/{part}.csv?{SPAN}")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == (f'attachment; filename="acme-{part}-2026-03-09-2026-03-10.csv"')
    assert response.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert response.content.decode("utf-8-sig").splitlines() == rows


def test_what_is_no_part_and_no_span_is_refused(browser: Client) -> None:
    assert browser.get(f"/dashboard/customers.csv?{SPAN}").status_code == 404
    refused = browser.get("/dashboard/days.csv?from=2026-03-10&to=2026-03-09")
    assert (refused.status_code, refused.content) == (400, b"The first day is after the last one.")
    assert browser.post(f"/dashboard/days.csv?{SPAN}").status_code == 405


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_text_that_begins_like_a_formula_is_text(text: str) -> None:
    assert safe(text) == f"'{text}"


def test_numbers_stay_numbers_and_words_words() -> None:
    assert [safe(cell) for cell in (Decimal("-4.00"), -1, "Mug = 1", "", None)] == [
        Decimal("-4.00"), -1, "Mug = 1", "", None,
    ]  # fmt: skip
