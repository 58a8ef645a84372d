"""Stock over the API: moved, counted, and its ledger read."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.inventory.models import StockMovement
from tests.api_client import ApiClient, error_of
from tests.shopping import stocked

Program = Callable[..., ApiClient]


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_inventory", name="Scales")


def test_pieces_come_and_go_by_movements(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        variant = stocked(stock=5)
    path = f"/variants/{variant.pk}/stock/"

    answers = [
        api.post(path, {"delta": 12, "reason": "received", "reference": "Delivery 4711"}),
        api.post(path, {"delta": -2, "reason": "damage"}),
        api.post(path, {"quantity": 14, "seen": 15}),
        api.post(path, {"quantity": 14}),
    ]

    assert [(each.status_code, each.json()["inventory_quantity"]) for each in answers] == [
        (200, 17),
        (200, 15),
        (200, 14),
        (200, 14),
    ]
    found = api.get(f"/stock-movements/?variant_id={variant.pk}").json()["results"]
    assert [(row["delta"], row["reason"], row["reference"]) for row in found[1:]] == [
        (12, "received", "Delivery 4711"),
        (-2, "damage", None),
        (-1, "correction", None),
    ]
    assert all(row["actor"] == found[1]["actor"] for row in found[1:])
    assert [row["delta"] for row in api.get("/stock-movements/?reason=damage").json()["results"]] == [-2]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"delta": -6}, (409, "not_that_much_there", None)),
        ({"quantity": -1}, (400, "min_value", "quantity")),
        ({"quantity": 3, "seen": 4}, (409, "stock_moved", None)),
        ({"delta": 1, "quantity": 1}, (400, "one_of_two", None)),
        ({}, (400, "one_of_two", None)),
        ({"delta": 1, "seen": 5}, (400, "one_of_two", "seen")),
        ({"delta": 1.5}, (400, "invalid", "delta")),
        ({"delta": 3_000_000_000}, (400, "max_value", "delta")),
        ({"delta": 1, "reason": "sale"}, (400, "invalid_choice", "reason")),
    ],
)
def test_a_movement_that_cannot_be_moves_nothing(
    body: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        variant = stocked(stock=5)

    assert error_of(api.post(f"/variants/{variant.pk}/stock/", body)) == refusal

    with tenant_context(acme):
        variant.refresh_from_db()
        assert (variant.inventory_quantity, StockMovement.objects.count()) == (5, 1)


def test_stock_is_for_those_who_may_move_it(acme: TenantInfo, program: Program) -> None:
    with tenant_context(acme):
        variant = stocked(stock=5)

    refused = [
        program(acme, "write_products").post(f"/variants/{variant.pk}/stock/", {"delta": 1}),
        program(acme, "read_inventory").post(f"/variants/{variant.pk}/stock/", {"delta": 1}),
        program(acme, "read_products").get("/stock-movements/"),
    ]

    assert [error_of(response)[:2] for response in refused] == [(403, "scope_missing")] * 3
    with tenant_context(acme):
        assert StockMovement.objects.count() == 1
