"""What programs, and those who pretend to be one, may try: faults of docs/faults.md that concern several resources."""

import csv
from collections.abc import Callable
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.catalog.models import Product
from tenant_shop.integrations.models import OutboxEvent
from tenant_shop.payments.models import PaymentEntry
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import BrandFactory, ProductFactory
from tests.people import shop_browser, staff_browser
from tests.shopping import configure, order_of, stocked

Program = Callable[..., ApiClient]
GOODS: dict[str, Any] = {"name": "Hammer", "sku": "HAM-1", "price": "12.00"}


@pytest.fixture
def bolt(make_shop: Callable[..., TenantInfo]) -> TenantInfo:
    return make_shop("bolt")


def test_what_is_sent_again_is_done_once_and_events_are_kept_while_redis_is_down(
    acme: TenantInfo, program: Program, without_redis: None
) -> None:
    with tenant_context(acme):
        configure()
        order = order_of((stocked(), 1))
    api = program(acme, "write_orders")

    once, again = (api.post(f"/orders/{order.pk}/mark-paid/", {}, Idempotency_Key="money 1") for _ in range(2))

    assert (once.status_code, once.json()["payment_status"]) == (200, "paid")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (once.content, "true")
    with tenant_context(acme):
        assert PaymentEntry.objects.count() == 1
        assert OutboxEvent.objects.filter(topic="order.paid").count() == 1


def test_one_number_in_two_shops_is_two_products_and_one_name_of_a_call_two_calls(
    acme: TenantInfo, bolt: TenantInfo, program: Program
) -> None:
    with tenant_context(acme):
        ours = ProductFactory(name="Ours")
    with tenant_context(bolt):
        ProductFactory(pk=ours.pk, name="Theirs")
    here, there = (program(shop, "write_products") for shop in (acme, bolt))
    path = f"/products/{ours.pk}/"
    seen = here.get(path)

    answer = there.get(path, If_None_Match=seen.headers["ETag"])

    assert (seen.json()["name"], answer.status_code, answer.json()["name"]) == ("Ours", 200, "Theirs")
    refused = there.patch(path, {"name": "Taken"}, If_Match=seen.headers["ETag"])
    assert error_of(refused)[:2] == (412, "changed_meanwhile")
    made = [each.post("/products/", GOODS, Idempotency_Key="goods 1") for each in (here, there)]
    assert [each.status_code for each in made] == [201, 201]
    assert ["Idempotent-Replayed" in each.headers for each in made] == [False, False]
    assert made[0].json()["id"] != made[1].json()["id"]
    for shop in (acme, bolt):
        with tenant_context(shop):
            assert Product.objects.filter(sku="HAM-1").count() == 1


def test_a_session_of_another_shop_reads_nothing(acme: TenantInfo, bolt: TenantInfo) -> None:
    browser = staff_browser(acme)

    assert browser.get("/api/v1/products/").status_code == 200
    refused = browser.get("/api/v1/products/", SERVER_NAME="bolt.localhost")

    assert error_of(refused)[0] == 401


def test_the_next_page_is_at_the_own_host_whatever_a_proxy_claims(acme: TenantInfo, program: Program) -> None:
    with tenant_context(acme):
        for name in ("Stark", "Harbour"):
            BrandFactory(name=name)

    page = program(acme, "read_products").get("/brands/?limit=1", X_Forwarded_Host="evil.example").json()

    assert page["next"].startswith("http://acme.localhost/api/v1/brands/?")


def test_markup_that_acts_is_cleaned_and_template_words_are_text(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "write_products", "write_settings")
    acts = "<p>Steel</p><svg onload=alert(1)></svg><script>alert(2)</script>"
    words = "{{ settings.SECRET_KEY }}{% load static %}<svg onload=alert(3)>"

    product = api.post("/products/", {**GOODS, "description": acts, "status": "active"}).json()
    api.patch("/settings/design/", {"announcement": words})
    assert api.post("/settings/design/publish/", {}).status_code == 200

    page = shop_browser(acme).get(f"/products/{product['slug']}/").content.decode()
    assert "<p>Steel</p>" in page
    assert "alert(1)" not in page
    assert "alert(2)" not in page
    assert "{{ settings.SECRET_KEY }}{% load static %}&lt;svg onload=alert(3)&gt;" in page


def test_what_a_program_wrote_runs_in_no_spreadsheet(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "write_products")
    for number, name in enumerate(('=HYPERLINK("http://evil.example")', "@SUM(A1)")):
        assert api.post("/products/", {**GOODS, "name": name, "sku": f"X-{number}"}).json()["name"] == name

    file = staff_browser(acme).get("/admin/tenant_shop/product/list.csv")

    text = b"".join(file.streaming_content).decode().removeprefix("\ufeff")
    names = [row["Name"] for row in csv.DictReader(text.splitlines())]
    assert names == ['\'=HYPERLINK("http://evil.example")', "'@SUM(A1)"]
