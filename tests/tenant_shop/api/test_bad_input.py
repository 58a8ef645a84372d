"""Every operation of the document, with what nobody should send: an answer that is described, and never a fault."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.api.v1.documents import description
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.shopping import cart_with, configure, order_of, stocked

Program = Callable[..., ApiClient]
HOSTILE: tuple[Any, ...] = (
    None, True, 0, -1, 2**31, 2**63 - 1, 1.5, "", " ", "0", "-1", "1e5", "NaN", "\uff19", "x" * 300, "x" * 30_000,
    "\u202e", "\x7f",
    "<svg onload=alert(1)>", "{{ settings.SECRET_KEY }}", "=HYPERLINK(1)", "../../etc/passwd", "//evil", "' OR 1=1 --",
    [], [None], ["x"] * 300, [[]], [{}], {}, {"x": 1}, {"": ""}, str(uuid4()), "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59+14:00",
)  # fmt: skip
QUERIES = (
    "",
    "x",
    "-1",
    "0",
    "99999999999999999999",
    "%FF",
    "true",
    "1,2",
    "é",
    "0001-01-01T00:00:00+14:00",
    str(uuid4()),
)
SCOPES = (
    "write_products",
    "write_inventory",
    "write_orders",
    "write_customers",
    "write_carts",
    "write_reviews",
    "write_discounts",
    "write_custom_fields",
    "write_settings",
    "write_payment_settings",
    "write_webhooks",
    "write_campaigns",
    "write_companies",
    "write_imports",
    "read_analytics",
    "read_staff",
    "read_events",
)
DOCUMENT = description()
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.fixture
def rows(acme: TenantInfo) -> dict[str, str]:
    """A row for each address."""
    with tenant_context(acme):
        configure()
        product = ProductFactory(category=CategoryFactory(), brand=BrandFactory())
        order = order_of((stocked(), 1))
        found = {
            "products": product.pk,
            "variants": product.variant_rows.get().pk,
            "categories": product.category_id,
            "brands": product.brand_id,
            "customers": CustomerFactory().pk,
            "orders": order.pk,
            "stock-movements": order.movements.get().pk,
            "carts": cart_with((stocked(), 1)),
        }
    return {name: str(key) for name, key in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=[f"{method} {path}" for path, method in OPERATIONS])
def test_nothing_that_is_sent_is_a_fault(
    path: str, method: str, acme: TenantInfo, rows: dict[str, str], program: Program
) -> None:
    operation, api = DOCUMENT["paths"][path][method], program(acme, *SCOPES)
    name = path.strip("/").split("/")[0]
    address = path.replace("{key}", rows.get(name, str(uuid4())))
    address = re.sub(r"{\w+}", str(uuid4()), address)
    described = {int(status) for status in operation["responses"]}

    answers = []
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "query" and method == "get":
            answers += [
                (f"{parameter['name']}={value}", api.get(f"{address}?{parameter['name']}={value}")) for value in QUERIES
            ]
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        for body in bodies(operation):
            answers.append((body, getattr(api, method)(address, body)))

    for sent, response in answers:
        assert response.status_code in described, (sent, response.status_code, response.content[:300])
        if response.status_code >= 400:
            error_of(response)


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The example, or what is needed, with one field at a time made hostile."""
    content = operation["requestBody"]["content"]["application/json"]
    schema = DOCUMENT["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
    usual = {name: plausible(schema["properties"][name]) for name in schema.get("required", ())}
    for name in schema.get("properties", {}):
        for value in HOSTILE:
            yield {**usual, name: value}


def plausible(schema: dict[str, Any]) -> Any:
    """A value that the schema takes."""
    if "$ref" in schema:
        inner = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return {name: plausible(inner["properties"][name]) for name in inner.get("required", ())}
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    kinds: dict[str, Any] = {"string": "x", "integer": 1, "boolean": True, "array": [], "object": {}}
    if schema.get("format") == "uuid":
        return str(uuid4())
    if schema.get("type") == "array":
        return [plausible(schema["items"])]
    return kinds[schema["type"] if isinstance(schema["type"], str) else schema["type"][0]]
