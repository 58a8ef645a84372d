"""Discounts and groups of customers over the API, by the rules of the back office."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.models import Customer, CustomerGroup, DiscountCode, PriceList
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import CategoryFactory, ProductFactory
from tests.factories.customers import CustomerFactory
from tests.factories.promotions import DiscountCodeFactory
from tests.pricing import group_with, price_list
from tests.statements import StatementCount

Program = Callable[..., ApiClient]
NOBODY = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_discounts", "write_customers")


def test_a_discount_is_made_changed_and_deleted(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        product, shelf = ProductFactory(), CategoryFactory()
    body = {
        "code": " spring ",
        "name": "Spring",
        "type": "percentage",
        "value": "12.5",
        "minimum_order_amount": "50",
        "product_ids": [str(product.pk)],
        "category_ids": [str(shelf.pk)],
        "usage_limit": 3,
        "starts_at": "2026-03-01T00:00:00Z",
        "ends_at": "2026-06-01T00:00:00+02:00",
        "combines_with_shipping": True,
    }

    response = api.post("/discounts/", body)

    made = response.json()
    assert response.status_code == 201
    assert {name: made[name] for name in body} == {
        **body, "code": "SPRING", "minimum_order_amount": "50.00", "starts_at": made["starts_at"],
        "ends_at": made["ends_at"],
    }  # fmt: skip
    assert (made["is_active"], made["usage_count"], made["usage_limit_per_customer"]) == (True, 0, None)
    for query in ("code=spring", "type=percentage&is_automatic=false", "is_active=true"):
        assert [row["id"] for row in api.get(f"/discounts/?{query}").json()["results"]] == [made["id"]]
    path = f"/discounts/{made['id']}/"
    changed = api.patch(path, {"type": "fixed_amount", "value": "5", "code": "", "product_ids": []}).json()
    assert [changed[name] for name in ("type", "value", "code", "product_ids")] == ["fixed_amount", "5.00", None, []]
    assert changed["category_ids"] == made["category_ids"]
    assert api.delete(path).status_code == 204
    with tenant_context(acme):
        assert not DiscountCode.objects.exists()
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="change_discountcode")
    assert (entry.old_values["code"], entry.new_values["code"], entry.metadata["door"]) == ("SPRING", None, "api")


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"value": "101"}, "max_value", "value"),
        ({"value": "0"}, "min_value", "value"),
        ({"type": "fixed_amount", "value": "1.005"}, "too_fine", "value"),
        ({"code": "taken"}, "unique", "code"),
        ({"code": "a\u200bb"}, "invalid", "code"),
        ({"usage_limit": 0}, "min_value", "usage_limit"),
        ({"product_ids": [NOBODY]}, "does_not_exist", "product_ids"),
        ({"category_ids": ["x"]}, "invalid", "category_ids.0"),
        ({"starts_at": "2026-02-01T00:00:00Z", "ends_at": "2026-02-01T00:00:00Z"}, "ends_before_it_begins", "ends_at"),
        ({"usage_count": 7}, "unknown_field", "usage_count"),
    ],
)
def test_a_discount_that_cannot_be_stays_as_it_was(
    change: dict[str, Any], code: str, param: str, acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        DiscountCodeFactory(code="TAKEN")
    made = api.post("/discounts/", {"code": "A", "name": "A", "type": "percentage", "value": "10"}).json()

    assert error_of(api.patch(f"/discounts/{made['id']}/", {"name": "B", **change})) == (400, code, param)
    body = {"code": "C", "name": "C", "type": "percentage", "value": "10", **change}
    assert error_of(api.post("/discounts/", body)) == (400, code, param)

    assert api.get(f"/discounts/{made['id']}/").json() == made
    with tenant_context(acme):
        assert DiscountCode.objects.count() == 2


def test_a_discount_that_was_used_stays(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        used = DiscountCodeFactory(usage_count=1)

    assert error_of(api.delete(f"/discounts/{used.pk}/")) == (409, "discount_used", None)
    assert api.get(f"/discounts/{used.pk}/").json()["usage_count"] == 1


def test_a_group_is_made_changed_and_deleted(acme: TenantInfo, api: ApiClient) -> None:
    made = api.post("/customer-groups/", {"name": "Trade", "minimum_order_amount": "100"}).json()
    refused = [
        api.post("/customer-groups/", {"name": "Trade"}),
        api.patch(f"/customer-groups/{made['id']}/", {"minimum_order_amount": "0"}),
    ]
    changed = api.patch(f"/customer-groups/{made['id']}/", {"is_active": False, "minimum_order_amount": None}).json()

    assert (made["minimum_order_amount"], made["is_active"], made["description"]) == ("100.00", True, "")
    assert [error_of(response) for response in refused] == [
        (400, "unique", "name"),
        (400, "min_value", "minimum_order_amount"),
    ]
    assert changed == {**made, "is_active": False, "minimum_order_amount": None, "updated_at": changed["updated_at"]}
    assert [row["id"] for row in api.get("/customer-groups/?is_active=false").json()["results"]] == [made["id"]]


def test_a_group_takes_its_price_lists_along_and_leaves_its_customers(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        group = group_with(CustomerFactory())
        price_list(group)

    assert api.delete(f"/customer-groups/{group.pk}/").status_code == 204

    with tenant_context(acme):
        assert (CustomerGroup.objects.count(), PriceList.objects.count()) == (0, 0)
        assert list(Customer.objects.values_list("group")) == [(None,)]


@pytest.mark.parametrize(("path", "scope"), [("/discounts/", "discounts"), ("/customer-groups/", "customers")])
def test_who_may_read_may_not_write_and_lists_cost_the_same(
    path: str, scope: str, acme: TenantInfo, program: Program
) -> None:
    api, counts = program(acme, f"read_{scope}"), []
    api.get(path)
    for rows in (1, 8):
        with tenant_context(acme):
            for number in range(rows):
                DiscountCodeFactory()
                CustomerGroup.objects.create(name=f"{rows}-{number}")
        with StatementCount() as statements:
            assert len(api.get(path).json()["results"]) == rows + len(counts)
        counts.append(statements.count)

    assert counts[0] == counts[1]
    assert error_of(api.post(path, {}))[:2] == (403, "scope_missing")
    assert error_of(program(acme).get(path))[:2] == (403, "scope_missing")
