"""What holds for every resource, shown on brands."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Brand, Product
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.people import shop_browser, staff_browser

Program = Callable[..., ApiClient]


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_products")


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b'{"name": "A", "nmae": "B"}', "unknown_field", "nmae"),
        (b'{"name": "A", "id": "x"}', "unknown_field", "id"),
        (b'{"name": "A", "tenant_id": "x"}', "unknown_field", "tenant_id"),
        (b'{"name": "A", "name": "B"}', "duplicate_key", "name"),
        (b'{"name": NaN}', "malformed_json", None),
        (b'{"name": -Infinity}', "malformed_json", None),
        (b'{"name": 1e309}', "number_too_large", None),
        (b'{"name": 1e99999999999999999999999}', "number_too_large", None),
        (b'{"name": ' + b"9" * 5000 + b"}", "number_too_large", None),
        (b'{"name": 5}', "invalid", "name"),
        (b'{"name": true}', "invalid", "name"),
        (b'{"name": null}', "null", "name"),
        (b'{"name": ["A"]}', "invalid", "name"),
        (b'{"name": "A\\u0000"}', "null_characters_not_allowed", "name"),
        (b'{"name": "A\\ud800"}', "malformed_text", "name"),
        (b'{"name": "A", "\\u0000": 1}', "null_characters_not_allowed", None),
        (b'{"name": "\xff"}', "malformed_json", None),
        (b'{"name": "A"', "malformed_json", None),
        (b"", "required", "name"),
        (b"[]", "malformed_json", None),
        (b'{"a":' * 30 + b"1" + b"}" * 30, "too_deep", None),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "too_deep", None),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep", None),
        (b"{}", "required", "name"),
        (b'{"name": ""}', "blank", "name"),
        (b'{"name": "A", "is_active": "yes"}', "invalid", "is_active"),
        (b'{"name": "A", "slug": "a b"}', "invalid", "slug"),
        (b'{"name": "' + b"A" * 256 + b'"}', "max_length", "name"),
    ],
)
def test_a_body_that_two_could_read_in_two_ways_is_refused(
    body: bytes, code: str, param: str | None, acme: TenantInfo, api: ApiClient
) -> None:
    assert error_of(api.raw("/brands/", body)) == (400, code, param)

    with tenant_context(acme):
        assert not Brand.objects.exists()


def test_a_body_is_json_and_has_at_most_a_megabyte(acme: TenantInfo, api: ApiClient) -> None:
    long = b'{"name": "' + b"A" * 1_000_001 + b'"}'

    assert error_of(api.raw("/brands/", long)) == (413, "too_large", None)
    assert error_of(api.raw("/brands/", b"name=A", "application/x-www-form-urlencoded"))[:2] == (
        415,
        "unsupported_media_type",
    )
    assert error_of(api.raw("/brands/", b" " * 11_000_000)) == (413, "too_large", None)
    with tenant_context(acme):
        assert not Brand.objects.exists()


def test_every_wrong_field_is_told_at_once(api: ApiClient) -> None:
    refused = api.post("/products/", {"price": 5, "variants": [{"sku": ""}], "nope": 1}).json()["error"]

    assert [(each["param"], each["code"]) for each in refused["details"]] == [("nope", "unknown_field")]

    refused = api.post("/products/", {"price": 5, "variants": [{"sku": ""}, {"price": "-1"}]}).json()["error"]
    assert [(each["param"], each["code"]) for each in refused["details"]] == [
        ("name", "required"),
        ("sku", "required"),
        ("price", "not_text"),
        ("variants.0.sku", "blank"),
        ("variants.1.price", "invalid"),
    ]


@pytest.mark.parametrize(
    ("query", "code", "param"),
    [
        ("colour=red", "unknown_parameter", "colour"),
        ("_connector=OR", "unknown_parameter", "_connector"),
        ("name__contains=A", "unknown_parameter", "name__contains"),
        ("slug=a&slug=b", "duplicate_parameter", "slug"),
        ("is_active=maybe", "invalid_choice", "is_active"),
        ("limit=0", "out_of_range", "limit"),
        ("limit=201", "out_of_range", "limit"),
        ("limit=-1", "out_of_range", "limit"),
        ("limit=1e3", "out_of_range", "limit"),
        ("limit=%D9%A1", "out_of_range", "limit"),
        ("order=name", "invalid_choice", "order"),
        ("modified_since=yesterday", "malformed", "modified_since"),
        ("modified_since=0001-01-01T00:00:00%2B14:00", "malformed", "modified_since"),
        ("cursor=", "invalid_cursor", "cursor"),
        ("cursor=AAAA", "invalid_cursor", "cursor"),
        ("cursor=" + "A" * 400, "invalid_cursor", "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b'["2026-01-01T00:00:00", 5]').decode(), "invalid_cursor", "cursor"),
        ("cursor=" + base64.urlsafe_b64encode(b"{}").decode(), "invalid_cursor", "cursor"),
        ("fields=name,secret", "unknown_field", "fields"),
        ("expand=products", "not_expandable", "expand"),
    ],
)
def test_a_parameter_that_cannot_be_meant_is_refused(query: str, code: str, param: str, api: ApiClient) -> None:
    assert error_of(api.get(f"/brands/?{query}")) == (400, code, param)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/api/v1/brands", 404, "not_found"),
        ("get", "/api/v1/brands/1/", 404, "not_found"),
        ("get", "/api/v1/brands/018f0000-0000-7000-8000-000000000000/", 404, "not_found"),
        ("put", "/api/v1/brands/", 405, "method_not_allowed"),
        ("delete", "/api/v1/brands/", 405, "method_not_allowed"),
        ("get", "/api/nothing", 404, "not_found"),
        ("get", "/api/v1/brands/?slug=%00", 400, "bad_request"),
    ],
)
def test_whoever_says_no_says_it_in_json(method: str, path: str, status: int, code: str, api: ApiClient) -> None:
    response = getattr(api, method)(path) if path.startswith("/api/v1") else api.client.get(path)

    assert error_of(response)[:2] == (status, code)
    assert response.headers["Content-Type"] == "application/json"


def test_only_json_is_spoken(api: ApiClient) -> None:
    assert error_of(api.get("/brands/", Accept="text/html"))[:2] == (406, "not_acceptable")


def test_a_closed_shop_says_so_in_json(acme: TenantInfo) -> None:
    response = shop_browser(acme).get("/api/v1/brands/", headers={"host": "nobody.localhost"})

    assert error_of(response)[:2] == (404, "not_found")


def test_pages_follow_each_other_while_rows_change(acme: TenantInfo, api: ApiClient) -> None:
    """One that changes comes again at the end, and none is passed over; of one moment, each comes once."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with tenant_context(acme):
        brands = [BrandFactory(name=f"Brand {index}", updated_at=at) for index in range(5)]
    first = api.get("/brands/?limit=2&is_active=true").json()
    with tenant_context(acme):
        Brand.objects.filter(pk=brands[0].pk).update(name="Brand 0, once more")
    names, page = [row["name"] for row in first["results"]], first
    while page["next"]:
        page = api.get(page["next"]).json()
        names += [row["name"] for row in page["results"]]

    assert names == [f"Brand {index}" for index in range(5)] + ["Brand 0, once more"]
    assert "is_active=true" in first["next"]
    assert (first["as_of"] is None, page["as_of"]) == (False, None)


def test_the_newest_change_comes_first_when_asked_for(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        for index in range(3):
            BrandFactory(name=f"Brand {index}", updated_at=datetime(2026, 1, 1 + index, tzinfo=UTC))

    first = api.get("/brands/?limit=2&order=-updated_at").json()
    then = api.get(first["next"]).json()

    assert [row["name"] for row in first["results"] + then["results"]] == ["Brand 2", "Brand 1", "Brand 0"]


def test_what_changed_since_is_found_from_the_moment_that_the_last_round_gave(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        old = BrandFactory(name="Old", updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    as_of = api.get("/brands/").json()["as_of"]
    assert api.get(f"/brands/?modified_since={as_of}").json()["results"] == []
    with tenant_context(acme):
        Brand.objects.filter(pk=old.pk).update(name="New")

    [found] = api.get(f"/brands/?modified_since={as_of}").json()["results"]
    assert found["name"] == "New"
    hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert api.get("/brands/?modified_since=" + hour.replace("+", "%2B")).json()["results"] == []


def test_a_cursor_that_somebody_made_up_only_begins_elsewhere(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo], api: ApiClient
) -> None:
    with tenant_context(make_shop("bolt")):
        BrandFactory(name="Theirs")
    cursor = base64.urlsafe_b64encode(
        json.dumps(["0001-01-01T00:00:00+00:00", "00000000-0000-0000-0000-000000000000"]).encode()
    ).decode()

    assert api.get(f"/brands/?cursor={cursor.rstrip('=')}").json()["results"] == []


def test_only_the_fields_that_are_asked_for(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        brand = BrandFactory(name="Stark")
        product = ProductFactory(name="Hammer", brand=brand)

    found = api.get(f"/products/{product.pk}/?fields=name&expand=brand").json()

    assert found.keys() == {"id", "name", "brand"}
    assert (found["brand"]["id"], found["brand"]["name"]) == (str(brand.pk), "Stark")
    assert api.get("/brands/?fields=name").json()["results"] == [{"id": str(brand.pk), "name": "Stark"}]


def test_who_changes_what_somebody_else_changed_is_told(acme: TenantInfo, api: ApiClient) -> None:
    made = api.post("/brands/", {"name": "Stark"})
    path, etag = f"/brands/{made.json()['id']}/", made.headers["ETag"]
    assert api.get(path).headers["ETag"] == etag
    assert api.get(path, If_None_Match=f'"x", W/{etag}').status_code == 304
    assert api.patch(path, {"name": "Stark & Co."}, If_Match=etag).status_code == 200

    refused = [api.patch(path, {"name": "Weak"}, If_Match=etag), api.delete(path, If_Match=etag)]

    assert [error_of(response) for response in refused] == [(412, "changed_meanwhile", None)] * 2
    assert api.get(path).json()["name"] == "Stark & Co."
    assert api.delete(path, If_Match=api.get(path).headers["ETag"]).status_code == 204
    assert api.get(path).status_code == 404


def test_who_may_only_look_changes_nothing(acme: TenantInfo, program: Program) -> None:
    with tenant_context(acme):
        brand = BrandFactory(name="Stark")
    viewer = program(acme, "read_products")
    path = f"/brands/{brand.pk}/"

    refused = [viewer.post("/brands/", {"name": "A"}), viewer.patch(path, {"name": "A"}), viewer.delete(path)]

    assert [error_of(response)[:2] for response in refused] == [(403, "scope_missing")] * 3
    assert "write_products" in refused[0].json()["error"]["message"]
    assert error_of(program(acme, "write_orders").get(path))[:2] == (403, "scope_missing")
    assert error_of(ApiClient(staff_browser(acme)).delete(path))[:2] == (403, "key_needed")
    assert viewer.get(path).json()["name"] == "Stark"
    with tenant_context(acme):
        assert list(Brand.objects.values_list("name", flat=True)) == ["Stark"]


def test_another_shops_rows_are_not_there(
    acme: TenantInfo, make_shop: Callable[..., TenantInfo], api: ApiClient
) -> None:
    bolt = make_shop("bolt")
    with tenant_context(bolt):
        theirs = ProductFactory(name="Theirs", brand=BrandFactory(name="Theirs"))
        paths = [f"/products/{theirs.pk}/", f"/brands/{theirs.brand_id}/", f"/variants/{theirs.variant_rows.get().pk}/"]

    for path in paths:
        answers = [api.get(path), api.patch(path, {}), api.delete(path)]
        assert [error_of(response)[:2] for response in answers] == [(404, "not_found")] * 3
    refused = api.post("/products/", {"name": "A", "sku": "A", "price": "1", "brand_id": str(theirs.brand_id)})
    assert error_of(refused) == (400, "does_not_exist", "brand_id")
    with tenant_context(bolt):
        assert Product.objects.get().name == "Theirs"
