"""Operators see the fleet, and suspend and resume shops as the commands do."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from platform_core.accounts.models import PlatformRole, PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import tenant_scope
from platform_core.keys.models import UserCall
from platform_core.status.measure import measure
from platform_core.status.models import HealthDay
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant
from tests.api_client import error_of
from tests.people import make_user, shop_browser
from tests.user_programs import program_of

SCOPES = ("write_tenants", "read_fleet")


@pytest.fixture
def acme(make_shop: Any) -> TenantInfo:
    return make_shop("acme")


@pytest.fixture
def operator(platform: Any) -> PlatformUser:
    return make_user("op@platform.example", role=PlatformRole.ADMIN)


def test_a_shop_is_suspended_and_resumed_as_the_commands_do(acme: TenantInfo, operator: PlatformUser) -> None:
    program = program_of(operator, *SCOPES)
    at = f"/tenants/{acme.id}"

    before = program.get(f"{at}/")
    assert error_of(program.post(f"{at}/suspend/", {})) == (400, "required", "reason")
    assert error_of(program.post(f"{at}/suspend/", {"reason": "x"}, If_Match='"other"'))[:2] == (
        412,
        "changed_meanwhile",
    )
    named = {"Idempotency_Key": "one", "If_Match": before["ETag"]}
    suspended = program.post(f"{at}/suspend/", {"reason": "Invoice 42"}, **named)
    again = program.post(f"{at}/suspend/", {"reason": "Invoice 42"}, **named)

    assert (suspended.status_code, suspended.json()["status"]) == (200, "suspended")
    assert (again.content, again["Idempotent-Replayed"]) == (suspended.content, "true")
    assert UserCall.objects.count() == 1
    assert error_of(program.post(f"{at}/suspend/", {"reason": "other"}, Idempotency_Key="one"))[:2] == (
        422,
        "idempotency_key_reused",
    )
    assert shop_browser(acme).get("/").status_code == 403
    assert error_of(program.post(f"{at}/suspend/", {"reason": "x"}))[0] == 409
    assert program.post(f"{at}/resume/").json()["status"] == "active"
    assert shop_browser(acme).get("/").status_code == 200
    with tenant_scope(acme.id):
        told = AuditLog.objects.order_by("created_at").values_list("action", "user", "metadata")
        assert list(told) == [
            ("suspend_tenant", operator.pk, {"reason": "Invoice 42"}),
            ("resume_tenant", operator.pk, {}),
        ]


def test_who_may_only_look_changes_nothing(acme: TenantInfo, operator: PlatformUser) -> None:
    program = program_of(operator, "read_tenants")
    assert error_of(program.post(f"/tenants/{acme.id}/suspend/", {"reason": "x"}))[:2] == (403, "scope_missing")
    PlatformUser.objects.filter(pk=operator.pk).update(role=PlatformRole.DEVELOPER)
    looking = program_of(operator, "read_tenants")
    assert looking.get(f"/tenants/{acme.id}/").status_code == 200
    assert Tenant.objects.get().status == "active"


def test_the_fleet_by_the_platforms_records(acme: TenantInfo, make_shop: Any, operator: PlatformUser) -> None:
    make_shop("globex", schema_version="0001_initial")
    program = program_of(operator, *SCOPES)

    fleet = program.get("/fleet/").json()
    assert (fleet["schema"], fleet["is_good"]) == (shop_hooks.schema_version, False)
    assert fleet["shops"] == {"0001_initial": 1, shop_hooks.schema_version: 1}
    assert [(each["shop"], each["kind"]) for each in fleet["findings"]] == [("globex", "lagging")]
    assert {part["is_well"] for part in fleet["health"]} == {None}
    assert {part["unseen_minutes"] for part in fleet["health"]} == {0}
    now = timezone.now()
    measure(now)
    two_days_ago = now - timedelta(days=2)
    HealthDay.objects.create(
        part="website", day=two_days_ago.date(), looks=1440, looks_well=1440, looked_at=two_days_ago, is_well=True,
        since=two_days_ago,
    )  # fmt: skip
    told = {part["part"]: part["unseen_minutes"] for part in program.get("/fleet/").json()["health"]}
    # All of yesterday, and what there was of today.
    assert told["website"] >= 24 * 60
    assert {part["part"]: part["is_well"] for part in program.get("/fleet/").json()["health"]}["shops"] is True
    servers = program.get("/fleet/servers/").json()["results"]
    assert [(server["key"], server["shops"], server["state"]) for server in servers] == [("primary", 2, "open")]
    assert program.get(f"/fleet/servers/{servers[0]['id']}/").status_code == 200
    assert program.get("/fleet/migration-runs/").json()["results"] == []
    assert program.get("/fleet/provisioning-runs/?state=failed").json()["results"] == []
    assert [each["slug"] for each in program.get("/tenants/?schema_version=0001_initial").json()["results"]] == [
        "globex"
    ]
