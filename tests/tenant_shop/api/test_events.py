"""Events, asked for."""

from collections.abc import Callable
from uuid import uuid4

from django.utils import timezone

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.integrations.fan_out import fan_out
from tenant_shop.models import ProductImage
from tests.api_client import ApiClient, error_of

Program = Callable[..., ApiClient]


def tell(shop: TenantInfo) -> None:
    with tenant_context(shop):
        while fan_out(timezone.now()):
            pass


def test_what_happened_is_read_on_from_the_last_event_and_deletions_are_told(
    acme: TenantInfo, program: Program
) -> None:
    api = program(acme, "write_products", "read_events")
    made = api.post("/products/", {"name": "Hammer", "sku": "H", "price": "12.50"}).json()
    tell(acme)
    first = api.get("/events/?type=product.created").json()
    api.delete(f"/products/{made['id']}/")
    tell(acme)

    then = api.get(f"/events/?after={first['results'][-1]['id']}&type=product.deleted").json()

    assert [(event["type"], event["data"]) for event in first["results"]] == [("product.created", made)]
    assert [(event["type"], event["data"]["id"]) for event in then["results"]] == [("product.deleted", made["id"])]
    assert (first["has_more"], then["has_more"]) == (False, False)
    assert api.get("/events/?limit=1").json()["has_more"]


def test_of_a_product_that_is_gone_its_end_is_told_and_no_change(acme: TenantInfo, program: Program) -> None:
    """Its variants and pictures go before it does, which changes it."""
    api = program(acme, "write_products", "read_events")
    made = api.post("/products/", {"name": "Hammer", "sku": "H", "price": "12.50"}).json()
    with tenant_context(acme):
        ProductImage.objects.create(product_id=made["id"], url="/media/a.jpg")
    tell(acme)
    first = api.get("/events/").json()["results"]
    api.delete(f"/products/{made['id']}/")
    tell(acme)

    then = api.get(f"/events/?after={first[-1]['id']}").json()["results"]

    assert [(event["type"], event["data"]["id"]) for event in then] == [("product.deleted", made["id"])]


def test_whatever_is_gone_from_a_list_is_told(acme: TenantInfo, program: Program) -> None:
    scopes = ("products", "customers", "discounts", "campaigns", "custom_fields")
    api = program(acme, "read_events", *(f"write_{scope}" for scope in scopes))
    bodies = {
        "categories": {"name": "Shelf"},
        "brands": {"name": "Stark"},
        "customer-groups": {"name": "Trade"},
        "discounts": {"code": "ONE", "name": "One", "type": "percentage", "value": "10"},
        "campaigns": {"name": "Spring", "subject": "New"},
        "custom-fields": {"owner": "product", "name": "Care", "kind": "text"},
    }
    gone = []
    for name, body in bodies.items():
        gone.append(api.post(f"/{name}/", body).json()["id"])
        assert api.delete(f"/{name}/{gone[-1]}/").status_code == 204
    tell(acme)

    told = [event for event in api.get("/events/").json()["results"] if event["type"].endswith(".deleted")]

    kinds = ["category", "brand", "customer_group", "discount", "campaign", "custom_field"]
    assert [event["type"] for event in told] == [f"{kind}.deleted" for kind in kinds]
    assert [event["data"]["id"] for event in told] == gone


def test_an_event_that_is_not_kept_says_so(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "read_events")

    assert error_of(api.get(f"/events/?after={uuid4()}"))[:2] == (410, "event_forgotten")
    assert error_of(api.get("/events/?after=1")) == (400, "invalid", "after")
    assert error_of(api.get("/events/?limit=0")) == (400, "min_value", "limit")
    assert error_of(api.get("/events/?type=nothing.happened")) == (400, "unknown_type", "type")
    assert error_of(program(acme, "read_orders").get("/events/"))[:2] == (403, "scope_missing")
