"""What all lists of the back office have in common."""

from collections.abc import Callable
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.backoffice import whole_list
from tenant_shop.orders.models import Order
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import staff_browser
from tests.statements import StatementCount

MODELS = (
    "product",
    "category",
    "brand",
    "order",
    "customer",
    "productreview",
    "discountcode",
    "searchsynonym",
    "searchcount",
)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_empty_and_searches(model: str, acme: TenantInfo) -> None:
    browser = staff_browser(acme)

    assert browser.get(f"/admin/tenant_shop/{model}/").status_code == 200
    assert browser.get(f"/admin/tenant_shop/{model}/?q=hammer").status_code == 200


def test_lists_show_this_shops_rows_only(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    bolt = make_shop("bolt")
    for shop, name in ((acme, "Acme hammer"), (bolt, "Bolt spanner")):
        with tenant_context(shop):
            ProductFactory(name=name)
            OrderFactory(customer_email=f"shopper@{shop.slug}.example")
    browser = staff_browser(acme)

    products = browser.get("/admin/tenant_shop/product/").content.decode()
    orders = browser.get("/admin/tenant_shop/order/").content.decode()

    assert "Acme hammer" in products
    assert "Bolt spanner" not in products
    assert "shopper@acme.example" in orders
    assert "shopper@bolt.example" not in orders


@pytest.mark.parametrize(("model", "rows"), [("product", 1), ("product", 12), ("order", 1), ("order", 12)])
def test_a_list_costs_the_same_statements_however_long_it_is(model: str, rows: int, acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(rows):
            OrderItemFactory(order=OrderFactory()) if model == "order" else ProductFactory(category=CategoryFactory())
    browser = staff_browser(acme)

    with StatementCount() as statements:
        browser.get(f"/admin/tenant_shop/{model}/")

    # Session, user, access, custom fields, views, the bounded count, the rows, the reviews that wait.
    # Of products besides the names of categories and brands to filter by, of which no more than some are read.
    assert statements.count == {"product": 10, "order": 8}[model]
    assert not [sql for sql in statements.sql if sql.startswith("SELECT COUNT") and "product_variants" in sql]


def test_autocompletion_finds_this_shops_rows(acme: TenantInfo, make_shop: Callable[..., TenantInfo]) -> None:
    for shop in (acme, make_shop("bolt")):
        with tenant_context(shop):
            CategoryFactory(name=f"Tools of {shop.slug}", slug="tools")
    browser: Client = staff_browser(acme)

    found = browser.get(
        "/admin/autocomplete/",
        {"app_label": "tenant_shop", "model_name": "product", "field_name": "category", "term": ""},
    )

    assert [row["text"] for row in found.json()["results"]] == ["Tools of acme"]


def test_a_long_list_is_counted_to_its_bound_and_says_so(acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(4):
            CategoryFactory()

    with mock.patch.object(whole_list, "LONGEST_COUNT", 3):
        page = staff_browser(acme).get("/admin/tenant_shop/category/").content.decode()

    assert "3+ categories" in page
    assert "Show all" not in page


def test_there_is_no_way_to_an_objects_page_by_its_type(acme: TenantInfo) -> None:
    assert staff_browser(acme).get("/admin/r/1/1/").status_code == 404


def test_lists_write_moments_short_and_orders_name_the_way_to_pay(acme: TenantInfo) -> None:
    with tenant_context(acme):
        order = OrderFactory(payment_method="bank_transfer")
        at = timezone.localtime(Order.objects.get().created_at, ZoneInfo("Europe/Berlin"))
    browser = staff_browser(acme)

    listed = browser.get("/admin/tenant_shop/order/").content.decode()
    shown = browser.get(f"/admin/tenant_shop/order/{order.pk}/change/").content.decode()

    assert f"{at:%-d %b %Y, %H:%M}</time>" in listed
    assert "Bank transfer" in shown
    assert "bank_transfer" not in shown
