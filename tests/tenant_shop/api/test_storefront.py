"""What publishable keys read: what shoppers see, in words of its own, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import ProductImage
from tests.api_client import ApiClient, error_of
from tests.custom_fields import field
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.programs import client_with, publishable_key
from tests.statements import StatementCount

Program = Callable[..., ApiClient]


@pytest.fixture
def page(acme: TenantInfo) -> ApiClient:
    return ApiClient(client_with(acme, publishable_key(acme).secret))


def names(response: Any) -> list[str]:
    return [row["name"] for row in response.json()["results"]]


def test_a_page_reads_what_is_on_show_without_what_it_costs(acme: TenantInfo, page: ApiClient) -> None:
    with tenant_context(acme):
        field("Care", in_storefront=True, in_api=False)
        field("Supplier", in_storefront=False, in_api=True)
        product = ProductFactory(
            name="Hammer", sku="H", price="12.50", compare_at_price="15", cost_price="4.21", stock=7, status="active",
            description="<p onclick='x()'>Good</p><script>alert(1)</script>", specifications={"Material": "Steel"},
            metadata={"fields": {"care": "Oil it", "supplier": "Secret Ltd"}}, tags=["new"],
        )  # fmt: skip
        VariantFactory(product=product, sku="H-OFF", options={"Size": "L"}, is_active=False)
        VariantFactory(product=product, sku="H-OUT", options={"Size": "M"}, stock=0)
        ProductImage.objects.create(product=product, url="/media/b.jpg", sort_order=0)
        ProductImage.objects.create(product=product, url="/media/a.jpg", sort_order=9, is_primary=True)

    [found] = page.get("/storefront/products/?tag=new").json()["results"]

    assert page.get(f"/storefront/products/{product.pk}/").json() == found
    assert (found["price"], found["compare_at_price"], found["currency"]) == ("12.50", "15.00", "EUR")
    assert (found["description"], found["is_for_sale"]) == ("<p>Good</p>", True)
    assert found["specifications"] == [
        {"name": "Material", "values": ["Steel"]},
        {"name": "Care", "values": ["Oil it"]},
    ]
    assert [image["url"].rpartition("/")[2] for image in found["images"]] == ["a.jpg", "b.jpg"]
    assert {variant["sku"]: variant["is_available"] for variant in found["variants"]} == {"H": True, "H-OUT": False}
    told = str(found)
    assert not any(word in told for word in ("4.21", "cost", "inventory", "Secret", "H-OFF", "low_stock", "x()"))


def test_what_is_not_on_show_is_not_there(acme: TenantInfo, page: ApiClient) -> None:
    with tenant_context(acme):
        hidden = [
            ProductFactory(status="draft"),
            ProductFactory(status="archived"),
            ProductFactory(status="active", visibility="hidden"),
        ]
        ProductFactory(name="Looked at", status="active", visibility="catalog_only")
        off = CategoryFactory(name="Off", is_active=False)
        categories = [off, CategoryFactory(name="Below", parent=off)]
        CategoryFactory(name="Tools")
        brand = BrandFactory(name="Gone", is_active=False)
        BrandFactory(name="Stark")

    [shown] = page.get("/storefront/products/").json()["results"]

    assert (shown["name"], shown["is_for_sale"]) == ("Looked at", False)
    assert {variant["is_available"] for variant in shown["variants"]} == {False}
    assert names(page.get("/storefront/categories/")) == ["Tools"]
    assert names(page.get("/storefront/brands/")) == ["Stark"]
    gone = [
        *(f"/storefront/products/{product.pk}/" for product in hidden),
        *(f"/storefront/categories/{category.pk}/" for category in categories),
        f"/storefront/brands/{brand.pk}/",
    ]
    assert [error_of(page.get(path))[0] for path in gone] == [404] * 6


def test_a_publishable_key_opens_nothing_else(acme: TenantInfo, page: ApiClient, program: Program) -> None:
    for path in ("/products/", "/discounts/", "/customers/", "/settings/shop/", "/staff/", "/analytics/daily/"):
        assert error_of(page.get(path)) == (403, "publishable_key", None)
    assert error_of(page.post("/storefront/products/", {}))[0] == 405
    assert program(acme, "read_products").get("/storefront/products/").status_code == 200
    assert error_of(program(acme, "read_orders").get("/storefront/products/"))[:2] == (403, "scope_missing")


@pytest.mark.parametrize(("path", "count"), [("products", 6), ("categories", 4), ("brands", 3)])
def test_a_page_costs_as_many_statements_whatever_it_shows(
    path: str, count: int, acme: TenantInfo, page: ApiClient
) -> None:
    with tenant_context(acme):
        for _ in range(5):
            product = ProductFactory(status="active", category=CategoryFactory(), brand=BrandFactory())
            ProductImage.objects.create(product=product, url="/media/a.jpg")

    page.get(f"/storefront/{path}/")  # what the plan includes is known then
    with StatementCount() as statements:
        assert len(page.get(f"/storefront/{path}/").json()["results"]) == 5

    assert statements.count == count
