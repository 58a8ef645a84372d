"""Making a shop: what it has when it opens, what a failure leaves, what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.db import connections
from django.utils import timezone
from psycopg import sql

from platform_core.accounts.access import live_access
from platform_core.accounts.models import PlatformUser
from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.models import TenantSubscription
from platform_core.fleet.errors import (
    DatabaseNameOccupied,
    ProvisioningBusy,
    ShopNotPending,
    TemplateBusy,
    TemplateMissing,
    VerificationFailed,
)
from platform_core.fleet.models import ProvisioningRun, SpareDatabase
from platform_core.fleet.provision import steps
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import create_shop, run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from tenant_shop.models import Setting
from tests.databases import PREFIX, TEMPLATE, owner
from tests.platform_core.fleet.conftest import Ask, Fleet

NAMES = [step.name for step in steps.STEPS]


@pytest.mark.parametrize("spares", [0, 1])
def test_a_new_shop_is_complete_when_it_opens(fleet: Fleet, ask: Ask, spares: int) -> None:
    refill_spares("primary", wanted=spares)

    report = create_shop(ask("acme", plan="premium", currency="JPY", timezone="Asia/Tokyo", country="JP"))

    assert report.slug == "acme"
    assert report.url == "http://acme.localhost:8000/"
    assert report.database_name == f"{PREFIX}acme"
    assert report.spare_used is (spares == 1)
    assert [step.name for step in report.steps] == NAMES
    assert report.total_ms >= sum(step.ms for step in report.steps)
    tenant = directory.by_slug("acme")
    assert gate_of(tenant) is Gate.OPEN
    assert tenant.schema_version == shop_hooks.schema_version
    with tenant_context(tenant):
        values = dict(Setting.objects.values_list("key", "value"))
    assert (values["currency"], values["timezone"], values["country"]) == ("JPY", "Asia/Tokyo", "JP")
    assert (values["store_name"], values["store_email"]) == ("Acme", "owner@acme.example")
    access = live_access(PlatformUser.objects.get().pk, tenant.id)
    assert access is not None
    assert access.role == "owner"
    today = timezone.now().date()
    subscription = TenantSubscription.objects.get(tenant=tenant.id)
    assert (subscription.plan.name, subscription.status) == ("premium", "active")
    assert (subscription.current_period_start, subscription.trial_end) == (today, today + timedelta(days=13))
    assert fleet.names() == {"acme"}
    assert fleet.queued_refills == [None]
    assert reconcile().findings == []


def test_only_the_owner_and_the_requests_role_may_connect_to_a_shops_database(fleet: Fleet, ask: Ask) -> None:
    create_shop(ask("acme"))
    [(privileges,)] = fleet.execute(
        "platform", "SELECT datacl::text FROM pg_database WHERE datname = %s", f"{PREFIX}acme"
    )
    assert privileges == "{smartseller_owner=CTc/smartseller_owner,smartseller_app=c/smartseller_owner}"


def test_the_making_of_a_shop_is_in_the_audit_log(fleet: Fleet, ask: Ask) -> None:
    operator = PlatformUser.objects.create_superuser("op@platform.example", "a long password")
    create_shop(ask("acme"), actor_id=operator.pk)
    with platform_scope():
        entry = AuditLog.objects.get()
    assert (entry.action, entry.user_id) == ("create_tenant", operator.pk)
    assert entry.tenant_id == Tenant.objects.get().pk


def test_a_finished_run_is_not_done_again(fleet: Fleet, ask: Ask) -> None:
    create_shop(ask("acme"))
    run = ProvisioningRun.objects.get()
    with mock.patch.object(steps, "STEPS", ()):
        assert run_provisioning(run.pk).slug == "acme"
    assert ProvisioningRun.objects.get().attempt == 1
    assert fleet.queued_refills == [None]


@pytest.mark.slow  # PostgreSQL itself waits five seconds for the session to end
def test_the_template_in_use_fails_clearly_and_leaves_nothing_half_made(fleet: Fleet, ask: Ask) -> None:
    with owner(TEMPLATE), pytest.raises(TemplateBusy, match="in use by another session"):
        create_shop(ask("acme"))

    run = ProvisioningRun.objects.get()
    assert (run.state, run.tenant.status) == ("failed", "pending_setup")
    assert run.error.startswith("TemplateBusy: ")
    assert fleet.names() == set()
    assert not SpareDatabase.objects.exists()
    assert create_shop(ask("acme")).slug == "acme"
    assert ProvisioningRun.objects.get().attempt == 2


def test_a_template_that_vanished_fails_clearly_and_leaves_nothing_half_made(fleet: Fleet, ask: Ask) -> None:
    with owner() as connection:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        names = sql.Identifier(TEMPLATE), sql.Identifier(f"{PREFIX}hidden")
        connection.execute(rename.format(*names))
        try:
            with pytest.raises(TemplateMissing):
                create_shop(ask("acme"))
        finally:
            connection.execute(rename.format(*reversed(names)))
    assert not SpareDatabase.objects.exists()
    assert create_shop(ask("acme")).slug == "acme"


@pytest.mark.parametrize("spares", [0, 1])
def test_a_database_of_somebody_else_is_never_taken_over(fleet: Fleet, ask: Ask, spares: int) -> None:
    refill_spares("primary", wanted=spares)
    fleet.make_database("acme")
    with pytest.raises(DatabaseNameOccupied):
        create_shop(ask("acme"))
    assert Tenant.objects.get().status == "pending_setup"
    assert fleet.execute("acme", "SELECT * FROM tenant_sentinel") == []
    assert not SpareDatabase.objects.filter(state="claimed").exists()


def test_a_shop_with_a_wrong_database_does_not_open(fleet: Fleet, ask: Ask) -> None:
    def forget_the_settings(site: Any) -> None:
        site.shop_owner_connection.execute("DELETE FROM settings")

    with (
        mock.patch.object(
            steps, "STEPS", (*steps.STEPS[:5], steps.Step("grant_owner", forget_the_settings), *steps.STEPS[6:])
        ),
        pytest.raises(VerificationFailed, match="no settings"),
    ):
        create_shop(ask("acme"))
    assert Tenant.objects.get().status == "pending_setup"


@pytest.mark.usefixtures("refusing_at_once")
def test_two_workers_never_do_one_run(fleet: Fleet, ask: Ask) -> None:
    requested = request_shop(ask("acme"))
    with (
        owner_connection("primary") as other,
        only_one(other, f"provisioning {requested.run_id}"),
        pytest.raises(ProvisioningBusy),
    ):
        run_provisioning(requested.run_id)
    assert fleet.names() == set()
    assert run_provisioning(requested.run_id).slug == "acme"


def test_a_shop_cancelled_while_it_waits_is_not_made(fleet: Fleet, ask: Ask) -> None:
    requested = request_shop(ask("acme"))
    cancel_tenant(requested.tenant_id, reason="changed their mind")
    with pytest.raises(ShopNotPending):
        run_provisioning(requested.run_id)
    assert fleet.names() == set()
    assert Tenant.objects.get().status == "cancelled"


def test_a_shop_cancelled_while_it_is_made_does_not_open(fleet: Fleet, ask: Ask) -> None:
    requested = request_shop(ask("acme"))
    real = steps.STEPS[6]

    def cancel_then_verify(site: Any) -> None:
        cancel_tenant(requested.tenant_id, reason="changed their mind")
        real.do(site)

    with mock.patch.object(
        steps, "STEPS", (*steps.STEPS[:6], steps.Step("verify", cancel_then_verify), steps.STEPS[7])
    ):
        run_provisioning(requested.run_id)
    assert Tenant.objects.get().status == "cancelled"


def test_a_shop_is_known_to_be_absent_until_it_opens_and_then_at_once(fleet: Fleet, ask: Ask) -> None:
    from platform_core.tenancy.errors import UnknownTenant

    with pytest.raises(UnknownTenant):
        directory.by_slug("acme")
    create_shop(ask("acme"))
    assert directory.by_slug("acme").status == "active"


@contextmanager
def counted() -> Iterator[dict[str, int]]:
    """Statements (Django's and the fleet's own) and new connections inside the block."""
    counts = {"statements": 0, "connections": 0}
    execute, connect = psycopg.Cursor.execute, psycopg.Connection.connect.__func__  # type: ignore[attr-defined]

    def counting_execute(self: Any, *args: Any, **kwargs: Any) -> Any:
        counts["statements"] += 1
        return execute(self, *args, **kwargs)

    def counting_connect(cls: Any, *args: Any, **kwargs: Any) -> Any:
        counts["connections"] += 1
        return connect(cls, *args, **kwargs)

    with (
        mock.patch.object(psycopg.Cursor, "execute", counting_execute),
        mock.patch.object(psycopg.Connection, "connect", classmethod(counting_connect)),
        mock.patch.object(psycopg, "connect", lambda *a, **k: counting_connect(psycopg.Connection, *a, **k)),
    ):
        yield counts


def test_what_a_shop_costs(fleet: Fleet, ask: Ask) -> None:
    """Connections: to the server, to the new database as its owner, and as the role that serves requests.

    The first is kept for the next shop of the process.
    """
    refill_spares("primary", wanted=1)
    connections["default"].ensure_connection()
    with counted() as with_spare:
        create_shop(ask("acme"))
    with counted() as without_spare:
        create_shop(ask("bolt"))
    assert with_spare == {"statements": 36, "connections": 3}
    assert without_spare == {"statements": 40, "connections": 2}
