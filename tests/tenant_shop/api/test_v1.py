from collections.abc import Callable

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tests.factories.catalog import BrandFactory, ProductFactory, VariantFactory
from tests.factories.orders import OrderFactory, OrderItemFactory
from tests.people import shop_browser, staff_browser
from tests.statements import StatementCount

LISTS = ("/api/v1/products/", "/api/v1/orders/")


@pytest.fixture
def acme(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("acme")


def test_the_root_says_where_the_lists_are(acme: TenantInfo) -> None:
    root = shop_browser(acme).get("/api/v1/").json()

    assert root == {
        "version": "1",
        "shop": {"slug": "acme", "name": "Acme", "currency": "EUR"},
        "products": "http://acme.localhost/api/v1/products/",
        "orders": "http://acme.localhost/api/v1/orders/",
    }


@pytest.mark.parametrize("path", LISTS)
def test_nobody_reads_without_logging_in(path: str, acme: TenantInfo) -> None:
    response = shop_browser(acme).get(path)

    assert response.status_code == 401
    assert response.json()["error"]["code"] == "not_authenticated"
    assert response.headers["WWW-Authenticate"] == 'Session realm="shop"'


@pytest.mark.parametrize("path", LISTS)
def test_a_session_of_another_shop_reads_nothing(
    path: str, acme: TenantInfo, make_shop: Callable[..., TenantInfo]
) -> None:
    browser = staff_browser(acme)

    assert browser.get(path, SERVER_NAME=f"{make_shop('bolt').slug}.localhost").status_code == 401


def test_amounts_are_strings_in_the_currencys_decimals(acme: TenantInfo) -> None:
    with tenant_context(acme):
        product = ProductFactory(name="Hammer", price="12.5", brand=BrandFactory(slug="stark"), stock=3)
        VariantFactory(product=product, sku="H-L", options={"Size": "L"}, price="14", stock=2)

    [found] = staff_browser(acme).get("/api/v1/products/").json()["results"]

    assert (found["name"], found["price"], found["currency"], found["brand"]) == ("Hammer", "12.50", "EUR", "stark")
    assert found["inventory_quantity"] == 5
    assert [(v["options"], v["price"], v["inventory_quantity"]) for v in found["variants"]] == [
        ({"Size": "L"}, "14.00", 2),
        ({}, "12.50", 3),
    ]


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "20"), ("EUR", "19.99"), ("KWD", "19.990")])
def test_an_orders_amounts_are_in_its_own_currency(currency: str, shown: str, acme: TenantInfo) -> None:
    with tenant_context(acme):
        OrderItemFactory(order=OrderFactory(currency=currency))

    [found] = staff_browser(acme).get("/api/v1/orders/").json()["results"]

    assert found["total_amount"] == shown
    assert found["items"][0]["unit_price"] == shown


@pytest.mark.parametrize("rows", [1, 10])
@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_five_statements_however_long_it_is(path: str, rows: int, acme: TenantInfo) -> None:
    with tenant_context(acme):
        for _ in range(rows):
            OrderItemFactory()
    browser = staff_browser(acme, AccessRole.VIEWER)

    with StatementCount() as statements:
        response = browser.get(path)

    assert response.status_code == 200
    # Session, user, access, the rows, their parts.
    assert statements.count == 5


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

    assert names == [f"Product {index}" for index in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/products/?cursor=x", 404, "not_found"),
        ("post", "/api/v1/products/", 405, "method_not_allowed"),
        ("get", "/api/v1/nothing/", 404, "not_found"),
        ("get", "/api/v1/products/?format=html", 404, "not_found"),
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
