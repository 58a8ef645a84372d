"""Files over the API: sent, looked at, imported, and what became of each row; staff, campaigns and companies."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from platform_core.accounts.models import AccessRole
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.api.v1 import imports
from tenant_shop.imports.runs.carry_out import carry_out
from tenant_shop.models import Company, EmailCampaign, ImportRun, Product
from tests.api_client import API, ApiClient, error_of
from tests.companies import company_of
from tests.factories.customers import CustomerFactory
from tests.people import let_in, make_user
from tests.pricing import group_with
from tests.statements import StatementCount
from tests.tenant_shop.imports.files import as_csv, row

Program = Callable[..., ApiClient]
PRODUCTS = as_csv(
    [
        row(handle="axe", title="Axe", price="10", sku="A-1", quantity="3"),
        row(handle="saw", title="Saw", price="cheap", sku="S-1"),
        row(handle="pot", title="=1+1", price="dear", sku="P-1"),
    ]
)
NOBODY = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def _here(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send(api: ApiClient, content: str = PRODUCTS, **fields: str) -> Any:
    file = io.BytesIO(content.encode())
    file.name = "goods.csv"
    return api.client.post(f"{API}/imports/", {"kind": "products", "file": file, **fields})


def work(shop: TenantInfo, made: dict[str, Any]) -> None:
    with tenant_context(shop):
        carry_out(made["id"])


def test_a_file_is_looked_at_imported_and_tells_of_every_row(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "write_imports")
    sent = send(api)
    made = sent.json()
    path = f"/imports/{made['id']}/"
    assert (sent.status_code, made["name"], made["step"], made["state"]) == (201, "goods.csv", "check", "waiting")
    assert (made["can_start"], made["checked"]["rows_read"]) == (False, None)
    assert error_of(api.post(f"{path}start/")) == (409, "import_cannot_start", None)
    work(acme, made)
    looked_at = api.get(path).json()
    numbers = {"rows_read": 3, "imported": 1, "updated": 0, "skipped": 0, "rejected": 2}
    assert (looked_at["state"], looked_at["can_start"], looked_at["percent"]) == ("done", True, 100)
    assert looked_at["checked"] == numbers
    with tenant_context(acme):
        assert not Product.objects.exists()

    assert api.post(f"{path}start/", Idempotency_Key="a").json()["step"] == "import"
    work(acme, made)

    done = api.get(path).json()
    assert (done["state"], done["counts"], done["can_start"]) == ("done", numbers, False)
    first = api.get(f"{path}errors/?limit=1").json()
    rest = api.get(f"{path}errors/?after={first['next']}").json()
    assert [(error["line"], error["belongs_to"]) for error in (*first["results"], *rest["results"])] == [
        (3, "saw"),
        (4, "pot"),
    ]
    assert (first["next"], rest["next"]) == (1, None)
    assert "cheap" in first["results"][0]["reason"]
    assert rest["results"][0]["cells"]["Title"] == "'=1+1"
    assert api.post(f"{path}settle/").json()["settled_at"] is not None
    for query in ("kind=products", "state=done"):
        assert [found["id"] for found in api.get(f"/imports/?{query}").json()["results"]] == [made["id"]]
    with tenant_context(acme):
        assert list(Product.objects.values_list("slug", flat=True)) == ["axe"]
    with tenant_scope(acme.id):
        verbs = AuditLog.objects.filter(resource_type="importrun").order_by("pk").values_list("action", flat=True)
        assert list(verbs) == ["add_importrun", "start_importrun", "settle_importrun"]


def test_a_file_that_is_refused_leaves_nothing(
    acme: TenantInfo, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = program(acme, "write_imports")
    monkeypatch.setattr(imports, "most_bytes", lambda: 10)
    refused = [
        send(api),
        api.client.post(f"{API}/imports/", {"kind": "products"}),
        send(program(acme, "read_imports")),
        api.post("/imports/", {"kind": "products"}),
    ]
    monkeypatch.undo()
    refused.append(send(api, kind="customers"))

    assert [error_of(response) for response in refused] == [
        (413, "file_too_large", None),
        (400, "required", "file"),
        (403, "scope_missing", None),
        (415, "unsupported_media_type", None),
        (400, "invalid_choice", "kind"),
    ]
    with tenant_context(acme):
        assert not ImportRun.objects.exists()


def test_the_shops_people_are_listed_with_their_roles(acme: TenantInfo, program: Program) -> None:
    let_in(make_user("bea@acme.example"), acme, AccessRole.VIEWER)
    gone = let_in(make_user("gone@acme.example"), acme, AccessRole.ADMIN)
    gone.expires_at = timezone.now() - timedelta(days=1)
    gone.save()
    api = program(acme, "read_staff")

    api.get("/staff/")  # what the plan includes is known then
    with StatementCount() as statements:
        found = api.get("/staff/").json()["results"]

    people = {person["email"]: person["role"] for person in found}
    assert people["bea@acme.example"] == "viewer"
    assert "gone@acme.example" not in people
    assert "password" not in str(found)
    assert statements.count == 2  # the key, and the people
    assert error_of(api.post("/staff/", {}))[0] == 405
    assert error_of(program(acme, "write_settings").get("/staff/"))[:2] == (403, "scope_missing")


def test_a_campaign_is_written_down_and_stays_once_it_is_sent(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "write_campaigns")
    with tenant_context(acme):
        group = group_with(CustomerFactory())
    segment = {"group_ids": [str(group.pk)], "tags": ["vip", "vip"], "loyalty_tiers": ["gold"]}
    body = {"name": "Spring", "subject": "New", "text_content": "Hello!", "customer_segment": segment}
    made = api.post("/campaigns/", body).json()
    path, tomorrow = f"/campaigns/{made['id']}/", (timezone.now() + timedelta(days=1)).isoformat()
    assert made["customer_segment"] == {**segment, "tags": ["vip"], "languages": []}
    assert (made["status"], made["recipients_count"], made["sent_at"]) == ("draft", 0, None)

    planned = api.patch(path, {"status": "scheduled", "scheduled_at": tomorrow}).json()
    refused = [
        api.patch(path, {"scheduled_at": "2020-01-01T00:00:00Z"}),
        api.patch(path, {"scheduled_at": None}),
        api.patch(path, {"status": "scheduled"}),
        api.patch(path, {"text_content": ""}),
        api.patch(path, {"status": "sent"}),
        api.patch(path, {"customer_segment": {"group_ids": [NOBODY]}}),
        api.patch(path, {"customer_segment": {"spent_more_than": "5"}}),
        api.patch(path, {"opened_count": 5}),
    ]

    assert [error_of(response) for response in refused] == [
        (400, "past", "scheduled_at"),
        (400, "is_scheduled", "scheduled_at"),
        (400, "required", "scheduled_at"),
        (400, "is_scheduled", "text_content"),
        (400, "invalid_choice", "status"),
        (400, "does_not_exist", "customer_segment"),
        (400, "unknown_field", "customer_segment.spent_more_than"),
        (400, "unknown_field", "opened_count"),
    ]
    assert api.get("/campaigns/?status=scheduled").json()["results"] == [planned]
    with tenant_context(acme):
        EmailCampaign.objects.update(status="sent")
    assert error_of(api.patch(path, {"name": "Other"})) == (409, "campaign_under_way", None)
    assert error_of(api.delete(path)) == (409, "campaign_under_way", None)
    with tenant_context(acme):
        assert EmailCampaign.objects.get().name == "Spring"
        EmailCampaign.objects.update(status="draft")
    assert api.delete(path).status_code == 204
    assert error_of(program(acme, "read_campaigns").post("/campaigns/", body))[:2] == (403, "scope_missing")


def test_companies_are_read_approved_and_blocked(acme: TenantInfo, program: Program) -> None:
    api = program(acme, "write_companies")
    with tenant_context(acme):
        ann = CustomerFactory()
        company = company_of(ann, status="pending", credit_limit="500", tax_id="DE136695976", tax_id_state="format_ok")
        company_of(CustomerFactory())
    path = f"/companies/{company.pk}/"
    before = api.get(path).json()
    member = {"customer_id": str(ann.pk), "role": "admin", "order_limit": None, "is_active": True}
    assert (before["credit_limit"], before["members"]) == ("500.00", [member])

    approved = api.post(f"{path}approve/").json()
    blocked = api.post(f"{path}block/", {"reason": "Open bills"}).json()

    assert approved == {**before, "status": "approved", "updated_at": approved["updated_at"]}
    assert blocked["status"] == "blocked"
    assert [row["id"] for row in api.get("/companies/?status=blocked").json()["results"]] == [str(company.pk)]
    assert error_of(program(acme, "read_companies").post(f"{path}approve/"))[:2] == (403, "scope_missing")
    assert error_of(program(acme, "write_customers").get(path))[:2] == (403, "scope_missing")
    with StatementCount() as statements:
        api.get("/companies/")
    assert statements.count == 4  # the key, companies, their members, until when nothing is missing
    with tenant_context(acme):
        assert Company.objects.filter(status="approved").count() == 1
