"""Many changes at once: made in the background, each row once and with its result, whoever is killed in between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.api.v1 import bulk_rows
from tenant_shop.imports.jobs import carry_out, make
from tenant_shop.imports.jobs.carry_out import MOST_ATTEMPTS, carry_out_job, keep_jobs
from tenant_shop.imports.jobs.models import BulkJob, BulkRow
from tenant_shop.models import Customer, Product, ProductVariant, StockMovement
from tests.api_client import ApiClient, error_of
from tests.factories.catalog import ProductFactory
from tests.factories.customers import CustomerFactory
from tests.shopping import at_once
from tests.statements import StatementCount

Program = Callable[..., ApiClient]
NOBODY = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that a worker was told of; none listens."""
    told: list[str] = []
    monkeypatch.setattr(carry_out.job_task, "delay", told.append)
    return told


@pytest.fixture
def api(acme: TenantInfo, program: Program) -> ApiClient:
    return program(acme, "write_products", "write_inventory", "write_customers", "read_imports")


def work(shop: TenantInfo, job: dict[str, Any]) -> None:
    with tenant_context(shop):
        carry_out_job(job["id"])


def results(api: ApiClient, job: dict[str, Any], query: str = "") -> list[tuple[Any, ...]]:
    """Number, state, status, and the error's code and param."""
    rows = api.get(f"/jobs/{job['id']}/rows/{query}").json()["results"]
    told = []
    for row in rows:
        error = row["error"] or {"code": None, "param": None}
        told.append((row["number"], row["state"], row["status"], error["code"], error["param"]))
    return told


def test_each_row_is_made_by_the_rules_and_has_its_result(acme: TenantInfo, api: ApiClient, queued: list[str]) -> None:
    with tenant_context(acme):
        product = ProductFactory(sku="OLD", price="5")
    rows: list[dict[str, Any]] = [
        {"name": "Hammer", "sku": "H", "price": "12.50", "variants": [{"options": {"Size": "M"}}]},
        {"id": str(product.pk), "price": "6"},
        {"name": "Other", "sku": "OLD", "price": "1"},
        {"name": "Nameless of price", "sku": "N"},
        {"id": NOBODY, "price": "6"},
        {"name": "Nail", "sku": "N", "price": "1"},
    ]

    sent = api.post("/bulk/products/", {"rows": rows}, Idempotency_Key="a")

    job = sent.json()
    assert (sent.status_code, job["state"], job["total"], job["percent"], queued) == (
        202, "waiting", 6, 0, [job["id"]],
    )  # fmt: skip
    assert api.post("/bulk/products/", {"rows": rows}, Idempotency_Key="a").json() == job
    assert results(api, job) == [(number, "waiting", None, None, None) for number in range(6)]
    work(acme, job)
    done = api.get(f"/jobs/{job['id']}/").json()
    assert (done["state"], done["done"], done["failed"], done["percent"]) == ("done", 3, 3, 100)
    assert done["ended_at"] is not None
    assert results(api, job) == [
        (0, "done", 201, None, None),
        (1, "done", 200, None, None),
        (2, "failed", 400, "sku_taken", "sku"),
        (3, "failed", 400, "required", "price"),
        (4, "failed", 404, "not_found", None),
        (5, "done", 201, None, None),
    ]
    assert results(api, job, "?state=failed&limit=1") == [(2, "failed", 400, "sku_taken", "sku")]
    assert api.get(f"/jobs/{job['id']}/rows/?limit=2&after=1").json()["next"] == 3
    made = api.get(f"/jobs/{job['id']}/rows/?limit=1").json()["results"][0]
    assert api.get(f"/products/{made['id']}/").json()["variants"][0]["options"] == {"Size": "M"}
    work(acme, job)  # once more makes nothing
    with tenant_context(acme):
        assert sorted(Product.objects.values_list("sku", "price")) == [("H", 12.5), ("N", 1), ("OLD", 6)]
        assert not BulkRow.objects.filter(body__isnull=False).exists()
    with tenant_scope(acme.id):
        log = AuditLog.objects.filter(resource_type="product").order_by("pk")
        told = [(entry.action, entry.metadata["door"], entry.metadata["job"]) for entry in log]
    assert told == [(action, "api", job["id"]) for action in ("add_product", "change_product", "add_product")]


def test_variants_stock_and_customers_are_changed_in_the_order_in_which_they_are_sent(
    acme: TenantInfo, api: ApiClient
) -> None:
    with tenant_context(acme):
        product, ann = ProductFactory(sku="H", stock=3), CustomerFactory()
        variant = product.variant_rows.get()
    jobs = [
        api.post(path, {"rows": rows}).json()
        for path, rows in (
            (
                "/bulk/variants/",
                [
                    {"product_id": str(product.pk), "options": {"Size": "L"}, "sku": "H-L"},
                    {"id": str(variant.pk), "price": "7"},
                    {"product_id": NOBODY, "options": {"Size": "L"}},
                ],
            ),
            (
                "/bulk/stock/",
                [
                    {"sku": "H", "delta": 5, "reason": "received"},
                    {"variant_id": str(variant.pk), "quantity": 4, "seen": 8},
                    {"sku": "H", "quantity": 9, "seen": 8},
                    {"sku": "H-L", "delta": -1},
                    {"sku": "GONE", "delta": 1},
                ],
            ),
            ("/bulk/customers/", [{"id": str(ann.pk), "tags": ["vip"]}, {"id": str(ann.pk), "language": "xx"}]),
        )
    ]

    for job in jobs:
        work(acme, job)

    assert [[(row[1], row[2], row[3]) for row in results(api, job)] for job in jobs] == [
        [("done", 201, None), ("done", 200, None), ("failed", 404, "not_found")],
        [
            ("done", 200, None), ("done", 200, None), ("failed", 409, "stock_moved"),
            ("failed", 409, "not_that_much_there"), ("failed", 404, "not_found"),
        ],
        [("done", 200, None), ("failed", 400, "unknown_language")],
    ]  # fmt: skip
    with tenant_context(acme):
        assert dict(ProductVariant.objects.values_list("sku", "inventory_quantity")) == {"H": 4, "H-L": 0}
        moved = StockMovement.objects.filter(variant=variant).order_by("pk").values_list("delta", "actor")
        assert [delta for delta, _ in moved] == [3, 5, -4]
        assert {actor[:8] for _, actor in list(moved)[1:]} == {"key sk_l"}
        assert Customer.objects.get().tags == ["vip"]


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("products", {"rows": [{"name": "A"}, {"name": "A", "colour": "red"}]},
         (400, "unknown_field", "rows.1.colour")),
        ("products", {"rows": [{"price": 12}]}, (400, "not_text", "rows.0.price")),
        ("products", {"rows": []}, (400, "empty", "rows")),
        ("products", {}, (400, "required", "rows")),
        ("variants", {"rows": [{"sku": "A"}]}, (400, "one_of_two", "rows.0")),
        ("stock", {"rows": [{"sku": "A"}]}, (400, "one_of_two", "rows.0")),
        ("stock", {"rows": [{"delta": 1}]}, (400, "one_of_two", "rows.0")),
        ("customers", {"rows": [{"first_name": "Ann"}]}, (400, "required", "rows.0.id")),
        ("customers", {"rows": [{"id": NOBODY, "email": "a@b.example"}]}, (400, "unknown_field", "rows.0.email")),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_meant_refuse_all_of_them(
    path: str, body: dict[str, Any], refusal: tuple[Any, ...], acme: TenantInfo, api: ApiClient, queued: list[str]
) -> None:
    assert error_of(api.post(f"/bulk/{path}/", body)) == refusal

    with tenant_context(acme):
        assert not BulkJob.objects.exists()
    assert queued == []


def test_a_plan_takes_as_many_rows_as_calls_and_a_shop_five_jobs(
    acme: TenantInfo, api: ApiClient, kept_plans: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"sku": "A", "delta": 1}] * 3
    monkeypatch.setattr(make, "MOST_ROWS", 2)
    assert error_of(api.post("/bulk/stock/", {"rows": rows})) == (422, "too_many_rows", None)
    monkeypatch.undo()
    with tenant_context(acme):
        assert make.most_rows() == min(5_000, TenantPlan.objects.get(name=acme.plan).max_api_calls_per_hour)
    monkeypatch.setattr(carry_out.job_task, "delay", lambda _: None)
    for _ in range(5):
        assert api.post("/bulk/stock/", {"rows": rows}).status_code == 202

    assert error_of(api.post("/bulk/stock/", {"rows": rows})) == (409, "too_many_jobs", None)
    with tenant_context(acme):
        assert (BulkJob.objects.count(), BulkRow.objects.count()) == (5, 15)


def test_a_killed_worker_leaves_nothing_half_done_and_its_successor_goes_on(
    acme: TenantInfo, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(acme):
        ProductFactory(sku="H", stock=0)
    job = api.post("/bulk/stock/", {"rows": [{"sku": "H", "delta": 1}] * 5}).json()
    made: list[Any] = []
    original = bulk_rows.ROWS["stock"]

    def dies_after_two(body: Any, sender: Any) -> Any:
        result = original(body, sender)
        made.append(result)
        if len(made) == 3:  # the row is made, and not yet written down
            raise KeyboardInterrupt
        return result

    monkeypatch.setitem(bulk_rows.ROWS, "stock", dies_after_two)
    with pytest.raises(KeyboardInterrupt):
        work(acme, job)
    standing = api.get(f"/jobs/{job['id']}/").json()
    assert (standing["state"], standing["done"], standing["percent"]) == ("running", 2, 40)
    with tenant_context(acme):
        assert ProductVariant.objects.get().inventory_quantity == 2

    work(acme, job)

    assert api.get(f"/jobs/{job['id']}/").json()["done"] == 5
    with tenant_context(acme):
        assert ProductVariant.objects.get().inventory_quantity == 5
        assert StockMovement.objects.count() == 5


def test_a_row_that_is_never_made_is_given_up_and_the_others_go_on(
    acme: TenantInfo, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(acme):
        ProductFactory(sku="H", stock=0)
    job = api.post("/bulk/stock/", {"rows": [{"sku": "H", "delta": delta} for delta in (1, 2, 4)]}).json()
    begun: list[int] = []
    original = bulk_rows.ROWS["stock"]

    def breaks(body: Any, sender: Any) -> Any:
        begun.append(body["delta"])
        if body["delta"] == 2:
            raise ZeroDivisionError
        return original(body, sender)

    monkeypatch.setitem(bulk_rows.ROWS, "stock", breaks)
    work(acme, job)

    assert begun == [1, *[2] * MOST_ATTEMPTS, 4]
    assert results(api, job)[1] == (1, "failed", 500, "server_error", None)
    done = api.get(f"/jobs/{job['id']}/").json()
    assert (done["state"], done["done"], done["failed"]) == ("done", 2, 1)
    with tenant_context(acme):
        assert ProductVariant.objects.get().inventory_quantity == 5


def test_a_lost_database_fails_no_row(acme: TenantInfo, api: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    job = api.post("/bulk/stock/", {"rows": [{"sku": "H", "delta": 1}]}).json()

    def is_lost(body: Any, sender: Any) -> Any:
        raise OperationalError("gone")

    monkeypatch.setitem(bulk_rows.ROWS, "stock", is_lost)
    with pytest.raises(OperationalError):
        work(acme, job)

    assert results(api, job) == [(0, "waiting", None, None, None)]


def test_two_workers_make_each_row_once(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        ProductFactory(sku="H", stock=0)
    job = api.post("/bulk/stock/", {"rows": [{"sku": "H", "delta": 1}] * 12}).json()

    assert at_once(acme, [lambda: carry_out_job(job["id"])] * 3) == [None] * 3

    done = api.get(f"/jobs/{job['id']}/").json()
    assert (done["state"], done["done"], done["failed"]) == ("done", 12, 0)
    with tenant_context(acme):
        assert (ProductVariant.objects.get().inventory_quantity, StockMovement.objects.count()) == (12, 12)


def test_the_round_takes_on_what_is_silent_and_forgets_what_is_long_over(
    acme: TenantInfo, api: ApiClient, queued: list[str]
) -> None:
    over, waiting = (api.post("/bulk/stock/", {"rows": [{"sku": "H", "delta": 1}]}).json() for _ in range(2))
    work(acme, over)
    queued.clear()
    for moment, told, kept in (
        (timedelta(minutes=1), [], 2),
        (timedelta(minutes=11), [waiting["id"]], 2),
        (timedelta(days=31), [waiting["id"]] * 2, 1),
    ):
        with time_machine.travel(timezone.now() + moment, tick=False), tenant_context(acme):
            keep_jobs()
            assert (list(map(str, queued)), BulkJob.objects.count(), BulkRow.objects.count()) == (told, kept, kept)


def test_jobs_are_for_keys_that_may_do_what_they_do(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "read_products", "write_inventory")

    for path in ("products", "variants", "customers"):
        assert error_of(api.post(f"/bulk/{path}/", {"rows": [{}]}))[:2] == (403, "scope_missing")
    assert api.post("/bulk/stock/", {"rows": [{"sku": "A", "delta": 1}]}).status_code == 202
    assert error_of(api.get("/jobs/"))[:2] == (403, "scope_missing")


def test_a_row_costs_as_many_statements_however_many_there_are(acme: TenantInfo, api: ApiClient) -> None:
    with tenant_context(acme):
        ProductFactory(sku="H", stock=0)
    counts = []
    for rows in (1, 5, 9):
        with StatementCount() as taken:
            job = api.post("/bulk/stock/", {"rows": [{"sku": "H", "delta": 1}] * rows}).json()
        with StatementCount() as made:
            work(acme, job)
        counts.append((taken.count, made.count))

    assert counts[1][0] == counts[2][0]
    assert counts[2][1] - counts[1][1] == counts[1][1] - counts[0][1]
