from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.payments.models import Payment
from tenant_shop.payments.refund import refund_amount
from tests.companies import AT_ID, company_of
from tests.factories.catalog import BrandFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import shop_browser, staff_browser
from tests.pricing import group_with, offer, price_list
from tests.shopping import configure, order_of, stocked
from tests.statements import StatementCount

NAMES = (
    "products", "variants", "categories", "brands", "stock-movements", "customers", "customer-groups",
    "custom-fields", "discounts", "orders", "returns", "reviews", "events", "webhooks", "webhook-deliveries",
    "campaigns", "companies", "imports", "jobs", "staff",
)  # fmt: skip
LISTS = ("/api/v1/products/", "/api/v1/orders/")


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


def test_the_root_says_where_the_lists_are(acme: TenantInfo) -> None:
    root = shop_browser(acme).get("/api/v1/").json()

    assert root == {
        "version": "1",
        "shop": {"slug": "acme", "name": "Acme", "currency": "EUR"},
        "docs": "http://acme.localhost/api/v1/docs/",
        "openapi": "http://acme.localhost/api/v1/openapi.json",
        **{name: f"http://acme.localhost/api/v1/{name}/" for name in NAMES},
    }


@pytest.mark.parametrize("path", LISTS)
def test_nobody_reads_without_logging_in(path: str, acme: TenantInfo) -> None:
    response = shop_browser(acme).get(path)

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", LISTS)
def test_a_session_of_another_shop_reads_nothing(
    path: str, acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = staff_browser(acme)

    assert browser.get(path, SERVER_NAME=f"{make_shop('bolt').slug}.localhost").status_code == 401


def test_amounts_are_strings_in_the_currencys_decimals(acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory(name="Hammer", price="12.5", brand=BrandFactory(slug="stark"), stock=3)
        brand = str(product.brand_id)
        VariantFactory(product=product, sku="H-L", options={"Size": "L"}, price="14", stock=2)

    [found] = staff_browser(acme).get("/api/v1/products/").json()["results"]

    assert (found["name"], found["price"], found["currency"], found["brand_id"]) == ("Hammer", "12.50", "EUR", brand)
    assert found["inventory_quantity"] == 5
    assert [(v["options"], v["price"], v["inventory_quantity"]) for v in found["variants"]] == [
        ({"Size": "L"}, "14.00", 2),
        ({}, "12.50", 3),
    ]


def test_products_have_everybodys_price_whatever_a_group_pays(acme: TenantInfo) -> None:
    with tenant_context(acme):
        hammer = ProductFactory(name="Hammer", price="12.50")
        offer(price_list(group_with()), "9.00", product=hammer)

    [found] = staff_browser(acme).get("/api/v1/products/").json()["results"]

    assert (found["price"], [variant["price"] for variant in found["variants"]]) == ("12.50", ["12.50"])


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "20"), ("EUR", "19.99"), ("KWD", "19.990")])
def test_an_orders_amounts_are_in_its_own_currency(currency: str, shown: str, acme: TenantInfo) -> None:
    with tenant_context(acme):
        OrderItemFactory(order=OrderFactory(currency=currency))

    [found] = staff_browser(acme).get("/api/v1/orders/").json()["results"]

    assert found["total_amount"] == shown
    assert Decimal(found["credited_amount"]) == 0
    assert found["items"][0]["unit_price"] == shown


def test_an_orders_money_adds_up_and_costs_the_same_however_many(acme: TenantInfo) -> None:
    browser, counts = staff_browser(acme), []
    with tenant_context(acme):
        configure()
        order = order_of((stocked(price="10.00"), 2))
        mark_as_paid(order.pk, actor="ann")
        refund_amount(Payment.objects.get().pk, amount=Decimal("4.90"), key="one", actor="ann")
    for _ in range(2):
        with StatementCount() as statements:
            found = browser.get("/api/v1/orders/").json()["results"]
        counts.append(statements.count)
        with tenant_context(acme):
            order_of((stocked(), 1))

    names = ("total_amount", "credited_amount", "captured_amount", "refunded_amount")
    assert [[each[name] for name in names] for each in found] == [
        ["24.90", "0.00", "24.90", "4.90"],
        ["14.90", "0.00", "0.00", "0.00"],
    ]
    assert counts[0] == counts[1]


def test_an_order_says_which_company_bought_on_which_terms(acme: TenantInfo) -> None:
    due = datetime(2026, 12, 24, 11, 30, tzinfo=UTC)
    with tenant_context(acme):
        OrderFactory()
        company = company_of(CustomerFactory(), name="Example GmbH", tax_id=AT_ID, tax_id_state="confirmed")
        OrderFactory(
            company=company,
            company_name="Example GmbH & Co.",  # as it was called then
            company_tax_id=AT_ID,
            purchase_number="PO-7",
            payment_method="pay_later",
            payment_due_at=due,
            reverse_charge=True,
        )

    theirs, ours = staff_browser(acme).get("/api/v1/orders/").json()["results"]

    told = ("company", "purchase_number", "payment_method", "payment_due_at", "reverse_charge")
    assert {name: ours[name] for name in told} == {
        "company": {"id": str(company.pk), "name": "Example GmbH & Co.", "tax_id": AT_ID},
        "purchase_number": "PO-7",
        "payment_method": "pay_later",
        "payment_due_at": "2026-12-24T11:30:00Z",
        "reverse_charge": True,
    }
    assert (theirs["company"], theirs["purchase_number"], theirs["reverse_charge"]) == (None, "", False)


@pytest.mark.parametrize("rows", [1, 10])
@pytest.mark.parametrize(("path", "count"), list(zip(LISTS, (7, 9), strict=True)))
def test_a_list_costs_the_same_however_long_it_is(path: str, count: int, rows: int, acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(rows):
            OrderItemFactory()
    browser = staff_browser(acme, AccessRole.VIEWER)

    with StatementCount() as statements:
        response = browser.get(path)

    assert response.status_code == 200
    # Session, user, access, since when nothing is missing, the rows, their parts, the fields of the merchant's own; of
    # orders their payments and parcels, too.
    assert statements.count == count


def test_pages_follow_each_other_without_gaps(acme: TenantInfo) -> None:
    with tenant_context(acme):
        for index in range(5):
            ProductFactory(name=f"Product {index}")
    browser = staff_browser(acme)

    names, url = [], "/api/v1/products/?limit=2"
    while url:
        page = browser.get(url).json()
        names += [product["name"] for product in page["results"]]
        url = page["next"]

    assert names == [f"Product {index}" for index in range(5)]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/products/?cursor=x", 400, "invalid_cursor"),
        ("post", "/api/v1/orders/", 405, "method_not_allowed"),
        ("get", "/api/v1/nothing/", 404, "not_found"),
        ("get", "/api/v1/products/?format=html", 400, "unknown_parameter"),
        ("post", "/api/v1/nothing/", 404, "not_found"),
    ],
)
def test_errors_are_json_with_a_code(method: str, path: str, status: int, code: str, acme: TenantInfo) -> None:
    response = getattr(staff_browser(acme), method)(path)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["error"]["code"] == code


def test_the_shops_people_see_every_product_with_both_words(acme: TenantInfo) -> None:
    """Shoppers have no way into the API: what is hidden or a draft is told to those alone who work here."""
    kept = [("active", "visible"), ("active", "hidden"), ("active", "catalog_only"), ("draft", "visible")]
    with tenant_context(acme):
        for status, visibility in kept:
            ProductFactory(status=status, visibility=visibility)

    found = staff_browser(acme).get("/api/v1/products/").json()["results"]

    assert sorted((product["status"], product["visibility"]) for product in found) == sorted(kept)
    assert shop_browser(acme).get("/api/v1/products/").status_code == 401
