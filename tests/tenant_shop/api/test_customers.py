"""Customers and their addresses over the API."""

from collections.abc import Callable
from typing import Any

import pytest

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.models import Customer, CustomerAddress
from tests.api_client import ApiClient, error_of
from tests.custom_fields import field
from tests.factories.customers import CustomerFactory
from tests.pricing import group_with
from tests.statements import StatementCount

Program = Callable[..., ApiClient]
HERE = {
    "last_name": "Example",
    "address_line_1": "Main St 1",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_customers")


@pytest.fixture
def ann(acme: TenantInfo) -> Customer:
    with tenant_context(acme):
        field("shoe_size", kind="number", owner="customer", in_api=True)
        return CustomerFactory(email="ann@example.com", first_name="Ann")


def test_a_customer_changes_by_what_is_named(acme: TenantInfo, api: ApiClient, ann: Customer) -> None:
    with tenant_context(acme):
        group = group_with()
    before = api.get(f"/customers/{ann.pk}/").json()

    change = {
        "first_name": "Anna",
        "phone": None,
        "group_id": str(group.pk),
        "tags": ["friend"],
        "marketing_consent": True,
        "custom_fields": {"shoe_size": "38.5"},
    }
    changed = api.patch(f"/customers/{ann.pk}/", change).json()

    assert changed == {**before, **change, "updated_at": changed["updated_at"]}
    assert [row["id"] for row in api.get("/customers/?email=ANN@example.com&tag=friend").json()["results"]] == [
        str(ann.pk)
    ]
    assert api.get("/customers/?marketing_consent=false").json()["results"] == []
    with tenant_context(acme):
        assert list(CustomerConsent.objects.values_list("is_granted", "place")) == [(True, "api")]
    with tenant_scope(acme.id):
        entry = AuditLog.objects.get(action="change_customer")
    assert (entry.new_values["first_name"], entry.new_values["marketing_consent"]) == ("•••", True)


def test_nothing_secret_is_told(api: ApiClient, ann: Customer) -> None:
    told = api.get(f"/customers/{ann.pk}/").json()

    assert not {"password_hash", "failed_login_attempts", "locked_until", "metadata", "date_of_birth"} & told.keys()


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"email": "mallory@example.com"}, (400, "unknown_field", "email")),
        ({"password": "x"}, (400, "unknown_field", "password")),
        ({"loyalty_points": 1000}, (400, "unknown_field", "loyalty_points")),
        ({"email_verified": True}, (400, "unknown_field", "email_verified")),
        ({"group_id": "018f0000-0000-7000-8000-000000000000"}, (400, "does_not_exist", "group_id")),
        ({"language": "xx"}, (400, "unknown_language", "language")),
        ({"status": "gone"}, (400, "invalid_choice", "status")),
        ({"custom_fields": {"shoe_size": "big"}}, (400, "custom_value_refused", "custom_fields.shoe_size")),
    ],
)
def test_a_customer_who_cannot_be_stays_as_they_were(
    change: dict[str, Any], refusal: tuple[Any, ...], api: ApiClient, ann: Customer
) -> None:
    before = api.get(f"/customers/{ann.pk}/").json()

    assert error_of(api.patch(f"/customers/{ann.pk}/", {"first_name": "Other", **change})) == refusal

    assert api.get(f"/customers/{ann.pk}/").json() == before


def test_accounts_are_opened_and_closed_by_customers_alone(api: ApiClient, ann: Customer) -> None:
    assert error_of(api.post("/customers/", {"email": "b@example.com"}))[0] == 405
    assert error_of(api.delete(f"/customers/{ann.pk}/"))[0] == 405


def test_an_address_book_is_kept(acme: TenantInfo, api: ApiClient, ann: Customer) -> None:
    path = f"/customers/{ann.pk}/addresses/"

    first = api.post(path, HERE)
    second = api.post(path, {**HERE, "city": "Hamburg", "default_for": ["billing"]}).json()
    changed = api.patch(f"{path}{second['id']}/", {"address_line_2": "Back house"}).json()

    assert (first.status_code, first.json()["default_for"]) == (201, ["billing", "shipping"])
    assert changed == {**second, "address_line_2": "Back house", "updated_at": changed["updated_at"]}
    assert [(row["city"], row["default_for"]) for row in api.get(path).json()["results"]] == [
        ("Berlin", ["shipping"]),
        ("Hamburg", ["billing"]),
    ]
    assert api.delete(f"{path}{first.json()['id']}/").status_code == 204
    [left] = api.get(path).json()["results"]
    assert (left["city"], left["default_for"]) == ("Hamburg", ["billing", "shipping"])
    with tenant_context(acme):
        assert CustomerAddress.objects.count() == 1


def test_an_address_that_is_none_is_not_kept(acme: TenantInfo, api: ApiClient, ann: Customer) -> None:
    path = f"/customers/{ann.pk}/addresses/"

    refused = [
        api.post(path, {**HERE, "country": "QQ"}),
        api.post(path, {**HERE, "city": ""}),
        api.post(path, {**HERE, "default_for": ["holidays"]}),
        api.post("/customers/018f0000-0000-7000-8000-000000000000/addresses/", HERE),
    ]

    assert [error_of(response)[:2] for response in refused] == [
        (422, "invalid_address"),
        (422, "invalid_address"),
        (400, "invalid_choice"),
        (404, "not_found"),
    ]
    with tenant_context(acme):
        assert not CustomerAddress.objects.exists()


def test_an_address_is_found_at_its_own_customer_only(acme: TenantInfo, api: ApiClient, ann: Customer) -> None:
    with tenant_context(acme):
        other = CustomerFactory()
    made = api.post(f"/customers/{ann.pk}/addresses/", HERE).json()
    path = f"/customers/{other.pk}/addresses/{made['id']}/"

    answers = [api.get(path), api.patch(path, {"city": "Hamburg"}), api.delete(path)]

    assert [error_of(response)[0] for response in answers] == [404, 404, 404]
    assert api.get(f"/customers/{ann.pk}/addresses/").json()["results"] == [made]


def test_customers_are_for_those_who_may_see_them(acme: TenantInfo, program: Program, ann: Customer) -> None:
    refused = [
        program(acme, "write_orders").get("/customers/"),
        program(acme, "read_customers").patch(f"/customers/{ann.pk}/", {"first_name": "Other"}),
        program(acme, "read_customers").post(f"/customers/{ann.pk}/addresses/", HERE),
    ]

    assert [error_of(response)[:2] for response in refused] == [(403, "scope_missing")] * 3


def test_a_list_of_customers_costs_the_same_however_long_it_is(acme: TenantInfo, program: Program) -> None:
    api, counts = program(acme, "read_customers"), []
    api.get("/customers/")  # the key's first use is noted
    for rows in (1, 8):
        with tenant_context(acme):
            for _ in range(rows):
                CustomerFactory()
        with StatementCount() as statements:
            assert api.get("/customers/").status_code == 200
        counts.append(statements.count)

    assert counts[0] == counts[1]
