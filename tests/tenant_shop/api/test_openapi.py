"""The description of the API, and whether it is true."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import brotli
import jsonschema
import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.api.v1.documents import description
from tenant_shop.models import EmailCampaign, ImportRun
from tenant_shop.orders.fulfil import fulfil_rest
from tenant_shop.payments.mark_paid import mark_as_paid
from tenant_shop.returns.open import open_return
from tests.api_client import ApiClient, error_of
from tests.companies import company_of
from tests.custom_fields import field
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.people import shop_browser
from tests.pricing import group_with
from tests.returning import DAMAGED, pieces
from tests.shopping import configure, order_of, stocked
from tests.tenant_shop.schema.rows import delivery

Program = Callable[..., ApiClient]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return description()


def test_the_document_is_sound_and_written_without_a_warning() -> None:
    found = description()

    assert (dict(GENERATOR_STATS._warn_cache), dict(GENERATOR_STATS._error_cache)) == ({}, {})
    assert found["openapi"] == "3.1.0"
    validate_schema(found)


def test_every_operation_is_named_once_and_says_how_it_refuses(document: dict[str, Any]) -> None:
    operations = [each for path in document["paths"].values() for each in path.values()]

    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["description"] for operation in operations)
    parts = {tag["name"]: tag["x-displayName"] for tag in document["tags"]}
    assert parts.keys() == {tag for operation in operations for tag in operation["tags"]}
    assert parts["products"] == "Products"
    for operation in operations:
        refusals = [answer for status, answer in operation["responses"].items() if int(status) >= 400]
        schemas = [answer["content"]["application/json"]["schema"] for answer in refusals]
        assert schemas
        assert all(schema == {"$ref": "#/components/schemas/Refusal"} for schema in schemas)


def test_every_body_is_closed(document: dict[str, Any]) -> None:
    bodies = {name: schema for name, schema in document["components"]["schemas"].items() if name.endswith("Input")}

    assert bodies
    assert [name for name, schema in bodies.items() if schema.get("additionalProperties") is not False] == []


def test_every_body_has_an_example_that_fits_its_schema(document: dict[str, Any]) -> None:
    bodies = [
        (f"{method} {path} {status}", body["content"]["application/json"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for status, body in [("sent", operation.get("requestBody", {})), *operation["responses"].items()]
        if "application/json" in body.get("content", {})
    ]

    assert len(bodies) > 500
    for about, content in bodies:
        examples = [each["value"] for each in content["examples"].values()] if "examples" in content else []
        examples += [content["example"]] if "example" in content else []
        assert examples, about
        for example in examples:
            check(example, content["schema"], document)


@pytest.mark.parametrize(
    ("accepts", "whole"), [("br, gzip", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)]
)
def test_the_document_is_sent_small(accepts: str, whole: Callable[[bytes], bytes], acme: TenantInfo) -> None:
    answer = shop_browser(acme).get("/api/v1/openapi.json", headers={"Accept-Encoding": accepts})

    assert json.loads(whole(answer.content))["openapi"] == "3.1.0"
    assert answer.headers["Vary"].startswith("Accept-Encoding")


def test_the_document_and_its_page_are_for_everybody(acme: TenantInfo) -> None:
    browser = shop_browser(acme)

    assert browser.get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"
    page = browser.get("/api/v1/docs/")
    assert page.status_code == 200
    assert b'spec-url="/api/v1/openapi.json"' in page.content
    assert b"<script>" not in page.content
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]


LISTS = (
    "products", "variants", "categories", "brands", "stock-movements", "customers", "customer-groups", "custom-fields",
    "discounts", "orders", "returns", "webhooks", "webhook-deliveries", "campaigns", "companies", "imports",
    "storefront/products", "storefront/categories", "storefront/brands",
)  # fmt: skip
SCOPES = (
    "read_products", "read_orders", "read_inventory", "read_customers", "read_custom_fields", "read_discounts",
    "read_webhooks", "read_campaigns", "read_companies", "read_imports",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_what_is_answered_is_what_is_described(
    path: str, acme: TenantInfo, program: Program, document: dict[str, Any]
) -> None:
    with tenant_context(acme):
        configure()
        ann, shelf = CustomerFactory(), CategoryFactory(parent=CategoryFactory())
        ProductFactory(
            status="active",
            category=shelf,
            brand=BrandFactory(),
            specifications={"Material": ["Steel", "Wood"]},
            tags=["new"],
            weight=3,
        )
        order = order_of((stocked(), 2), customer_id=ann.pk)
        mark_as_paid(order.pk, actor="x")
        fulfil_rest(order.pk, key="x", actor="x")
        open_return(order.pk, pieces(order, 1), reason=DAMAGED, is_here=False, actor="x")
        group_with(ann)
        field("care", in_api=True)
        DiscountCodeFactory()
        delivery()
        EmailCampaign.objects.create(name="Spring", subject="New")
        company_of(ann)
        ImportRun.objects.create(kind="products", name="a.csv", size_bytes=1, file="x", actor="ann")
    api = program(acme, *SCOPES)

    page = api.get(f"/{path}/").json()

    assert page["results"]
    check(page, schema_of(document, f"/{path}/", 200), document)
    check(
        api.get(f"/{path}/{page['results'][0]['id']}/").json(), schema_of(document, f"/{path}/{{key}}/", 200), document
    )


@pytest.mark.parametrize(
    "path",
    [
        *(f"/settings/{section}/" for section in ("shop", "region", "tax", "notices", "invoices")),
        "/staff/",
        *(f"/analytics/{part}/" for part in ("daily", "top-products", "top-categories", "top-countries", "cohorts")),
    ],
)
def test_what_is_no_list_is_answered_as_described(
    path: str, acme: TenantInfo, program: Program, document: dict[str, Any]
) -> None:
    answer = program(acme, "read_settings", "read_analytics", "read_staff").get(path)

    check(answer.json(), schema_of(document, path, 200), document)


def test_refusals_are_as_described(acme: TenantInfo, program: Program, document: dict[str, Any]) -> None:
    api = program(acme, "write_products")
    refused = [api.get("/brands/?limit=0"), api.get("/brands/x/"), api.post("/brands/", {}), api.put("/brands/")]

    for response in refused:
        error_of(response)
        check(response.json(), {"$ref": "#/components/schemas/Refusal"}, document)


def schema_of(document: dict[str, Any], path: str, status: int, method: str = "get") -> dict[str, Any]:
    answer = document["paths"][path][method]["responses"][str(status)]
    found: dict[str, Any] = answer["content"]["application/json"]["schema"]
    return found


def check(body: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    """`body` fits `schema`, and each object in it has every field that is described and no other."""
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(body)
