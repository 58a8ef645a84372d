"""Fields of the merchant's own over the API: what they are, and what orders say in them."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.custom_fields import index
from tenant_shop.models import CustomField, Order, Product
from tests.api_client import ApiClient, error_of
from tests.custom_fields import field
from tests.factories.catalog import ProductFactory
from tests.shopping import configure, order_of, stocked

Program = Callable[..., ApiClient]
CHOICE = {"owner": "product", "name": "Care level", "kind": "choice", "choices": ["Easy", " Hard ", "Easy"]}


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_custom_fields", "write_products", "write_orders")


def test_a_field_is_made_changed_and_deleted_with_its_values(
    acme: TenantInfo, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(index.keep_indexes_task, "delay", lambda: told.append(True))
    made = api.post("/custom-fields/", CHOICE).json()
    path = f"/custom-fields/{made['id']}/"
    assert (made["key"], made["choices"], made["in_api"]) == ("care_level", ["Easy", "Hard"], True)
    with tenant_context(acme):
        product = ProductFactory()
    value = {"custom_fields": {"care_level": "Easy"}}
    assert api.patch(f"/products/{product.pk}/", value).json()["custom_fields"] == {"care_level": "Easy"}

    changed = api.patch(path, {"name": "Care", "choices": ["Easy"], "is_indexed": True}).json()

    assert changed == {
        **made, "name": "Care", "choices": ["Easy"], "is_indexed": True, "index_state": "waiting",
        "updated_at": changed["updated_at"],
    }  # fmt: skip
    assert told == [True]
    assert [row["id"] for row in api.get("/custom-fields/?owner=product").json()["results"]] == [made["id"]]
    assert api.get("/custom-fields/?owner=order").json()["results"] == []
    assert api.delete(path).status_code == 204
    with tenant_context(acme):
        assert (CustomField.objects.count(), Product.objects.get().metadata) == (0, {})
    with tenant_scope(acme.id):
        verbs = AuditLog.objects.filter(resource_type="customfield").order_by("pk").values_list("action", flat=True)
        assert list(verbs) == ["add_customfield", "change_customfield", "delete_customfield"]


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"name": "Taken"}, "unique", "name"),
        ({"name": "a\x07b"}, "unwritable", "name"),
        ({"choices": []}, "required", "choices"),
        ({"choices": ["x" * 101]}, "max_length", "choices.0"),
        ({"key": "other"}, "unknown_field", "key"),
        ({"owner": "gone"}, "invalid_choice", "owner"),
    ],
)
def test_a_field_that_cannot_be_is_neither_made_nor_changed(
    change: dict[str, Any], code: str, param: str, acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        field("Taken")
    made = api.post("/custom-fields/", CHOICE).json()

    assert error_of(api.patch(f"/custom-fields/{made['id']}/", {"position": 3, **change})) == (400, code, param)
    assert error_of(api.post("/custom-fields/", {**CHOICE, "name": "Other", **change})) == (400, code, param)

    assert api.get(f"/custom-fields/{made['id']}/").json() == made
    with tenant_context(acme):
        assert CustomField.objects.count() == 2


def test_what_values_are_read_by_stays_as_it_is(acme: TenantInfo, api: ApiClient) -> None:
    made = api.post("/custom-fields/", CHOICE).json()
    path = f"/custom-fields/{made['id']}/"

    refused = [
        api.patch(path, {"owner": "order"}),
        api.patch(path, {"kind": "text"}),
        api.post("/custom-fields/", {"owner": "order", "name": "A", "kind": "text", "in_storefront": True}),
        api.post("/custom-fields/", {"owner": "order", "name": "A", "kind": "text", "choices": ["x"]}),
    ]

    assert [error_of(response) for response in refused] == [
        (400, "fixed", "owner"),
        (400, "fixed", "kind"),
        (400, "not_in_storefront", "in_storefront"),
        (400, "no_choices", "choices"),
    ]
    assert api.get(path).json() == made


def test_an_owner_has_thirty_fields(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        for number in range(30):
            field(f"F{number}")

    assert error_of(api.post("/custom-fields/", CHOICE)) == (409, "too_many_custom_fields", None)
    with tenant_context(acme):
        assert CustomField.objects.count() == 30


def test_orders_keep_what_programs_write_into_their_fields(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        configure()
        field("gift note", owner="order", in_api=True)
        field("secret", owner="order", in_api=False)
        order = order_of((stocked(), 1))
        Order.objects.update(metadata={"fields": {"secret": "x"}, "kept": 1})
    path = f"/orders/{order.pk}/"
    before = api.get(path).json()

    changed = api.patch(path, {"custom_fields": {"gift_note": "For Ann"}}).json()

    assert changed == {**before, "custom_fields": {"gift_note": "For Ann"}, "updated_at": changed["updated_at"]}
    refused = [
        api.patch(path, {"custom_fields": {"secret": "y"}}),
        api.patch(path, {"status": "cancelled"}),
        api.patch(path, {"custom_fields": {"gift_note": "z"}}, If_Match='"other"'),
    ]
    assert [error_of(response) for response in refused] == [
        (400, "unknown_field", "custom_fields.secret"),
        (400, "unknown_field", "status"),
        (412, "changed_meanwhile", None),
    ]
    with tenant_context(acme):
        assert Order.objects.get().metadata == {"fields": {"secret": "x", "gift_note": "For Ann"}, "kept": 1}


def test_fields_are_for_who_may_set_them(acme: TenantInfo, program: Program) -> None:
    assert error_of(program(acme, "read_custom_fields").post("/custom-fields/", CHOICE))[:2] == (403, "scope_missing")
    assert error_of(program(acme, "write_products").get("/custom-fields/"))[:2] == (403, "scope_missing")
