"""Noisy neighbours: what a shop's plan allots to its database holds, is looked after, and follows the plan."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import ExitStack
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connections
from django.test import Client

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.billing.models import TenantSubscription
from platform_core.billing.open_trial import open_trial
from platform_core.fleet.allot import give_allotment, wrong_allotments
from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.doctor.databases import _allotments
from platform_core.fleet.doctor.finding import Level
from platform_core.fleet.findings import Kind
from platform_core.fleet.migrate.run import migrate_shops
from platform_core.fleet.provision.run import create_shop
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.servers import connections_unlimited, owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.management.operator import Refused
from platform_core.plans.allotments import Allotment
from platform_core.tenancy import directory
from platform_core.tenancy.connections import owner_alias, shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.postgresql.base import pool
from platform_core.tenants.models import Tenant
from tests.databases import owner
from tests.platform_core.fleet.backups.conftest import MakeFullShop, backups, make_full_shop
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Ask, Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, Release, order, release

__all__ = ["backups", "make_full_shop", "release"]

MakeShop = Callable[..., TenantInfo]
FEW = Allotment(statement_seconds=1, connections=8, work_mem_kb=128)


def limits(shop: TenantInfo) -> tuple[str, str, int]:
    """As a request meets them: statement timeout, memory of a sort, connections of the database."""
    pool().forget("")
    with tenant_context(shop), shop_connection().cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), current_setting('work_mem'),"
            " (SELECT datconnlimit FROM pg_database WHERE datname = current_database())"
        )
        row: tuple[str, str, int] = cursor.fetchone()
        return row


def give(shop: TenantInfo, allotment: Allotment) -> None:
    with owner_connection("primary") as connection:
        give_allotment(connection, shop.database_name, allotment)
    pool().forget("")


@pytest.mark.parametrize("spares", [1, 0], ids=["spare", "clone"])
def test_a_new_shop_may_take_what_its_plan_says(fleet: Fleet, ask: Ask, spares: int) -> None:
    refill_spares("primary", wanted=spares)
    create_shop(ask("acme", plan="enterprise"))
    assert limits(directory.by_slug("acme")) == ("2min", "16MB", 120)
    assert reconcile().findings == []


@pytest.mark.slow
def test_a_statement_that_takes_too_long_ends_and_the_owners_does_not(make_shop: MakeShop) -> None:
    shop = make_shop("acme")
    give(shop, FEW)
    slow = "SELECT pg_sleep(30)"
    with tenant_context(shop), shop_connection().cursor() as cursor, pytest.raises(OperationalError) as refused:
        cursor.execute(slow)
    assert isinstance(refused.value.__cause__, psycopg.errors.QueryCanceled)
    with owner_connection("primary", shop.database_name) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)
    with owner_alias("primary", shop.database_name) as alias, connections[alias].cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_shop_that_takes_every_connection_is_refused_more_and_its_neighbour_sells_on(make_shop: MakeShop) -> None:
    loud, quiet = make_shop("loud"), make_shop("quiet")
    give(loud, FEW)
    address = settings.DATABASE_SERVERS["primary"]["app"]
    with ExitStack() as open_ones:
        with pytest.raises(psycopg.OperationalError, match="too many connections for database"):
            for _ in range(FEW.connections + 1):
                open_ones.enter_context(psycopg.connect(address, dbname=loud.database_name))
        assert Client(raise_request_exception=False, headers={"host": "loud.localhost"}).get("/").status_code == 503
        assert Client(headers={"host": "quiet.localhost"}).get("/").status_code == 200
    assert limits(quiet) == ("1min", "8MB", 60)


def taken(shop: TenantInfo, open_ones: ExitStack) -> None:
    """Every connection that the shop's database has room for; none is left for the fleet."""
    address = settings.DATABASE_SERVERS["primary"]["app"]
    with pytest.raises(psycopg.OperationalError, match="too many connections for database"):
        for _ in range(FEW.connections + 1):
            open_ones.enter_context(psycopg.connect(address, dbname=shop.database_name, autocommit=True))


@pytest.mark.slow
def test_a_shop_that_takes_every_connection_is_backed_up_migrated_and_exported_all_the_same(
    fleet: Fleet, make_full_shop: MakeFullShop, backups: Path, release: Release
) -> None:
    shop = make_full_shop("loud", customers=2)
    give(shop, FEW)
    release(COLUMN)
    with ExitStack() as open_ones:
        taken(shop, open_ones)

        backup = back_up_shop(shop.id)
        assert run_export(ask_for_export(shop.id).pk).state == "ready"
        assert migrate_shops(order()).counts == {"succeeded": 1}

        address = settings.DATABASE_SERVERS["primary"]["app"]
        with pytest.raises(psycopg.OperationalError, match="too many connections for database"):
            psycopg.connect(address, dbname=shop.database_name)
    assert verify_backup(backup).tables["public.customers"].rows == 2
    assert limits(directory.by_slug("loud"))[2] == FEW.connections


def test_a_limit_that_a_kill_left_lifted_is_mended(fleet: Fleet, make_full_shop: MakeFullShop, backups: Path) -> None:
    shop = make_full_shop("loud")

    def work() -> None:
        with connections_unlimited("primary", shop.database_name):
            die()

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    with connections_unlimited("primary", shop.database_name):
        pass
    assert limits(shop)[2] == -1
    [finding] = reconcile(fix=True).findings
    assert (finding.kind, finding.fixed) == (Kind.WRONG_ALLOTMENT, True)
    assert limits(shop)[2] == 60


def test_drift_is_named_and_mended(fleet: Fleet, ask: Ask) -> None:
    refill_spares("primary", wanted=0)
    create_shop(ask("acme"))
    shop = directory.by_slug("acme")
    with owner_connection("primary") as connection:
        connection.execute(f"ALTER DATABASE {shop.database_name} RESET work_mem")
        connection.execute(f"ALTER DATABASE {shop.database_name} CONNECTION LIMIT -1")
        [said] = list(_allotments(connection, "primary", "server primary"))
    assert (said.level, said.said, said.mend) == (
        Level.WARNING,
        "1 shop may take something else than the plan says: acme",
        "manage.py reconcile --fix",
    )
    [finding] = reconcile().findings
    assert (finding.kind, finding.tenant, finding.detail) == (
        Kind.WRONG_ALLOTMENT,
        "acme",
        "work_mem is unset instead of 4096kB, connections is -1 instead of 30 in the plan basic",
    )
    assert reconcile(fix=True).is_clean
    assert limits(shop) == ("1min", "4MB", 30)
    assert reconcile().findings == []


def test_a_limit_of_the_role_is_an_error_because_it_would_win(make_shop: MakeShop) -> None:
    make_shop("acme")
    with owner() as connection:
        connection.execute("ALTER ROLE smartseller_app SET statement_timeout = '60s'")
        try:
            [role, rest] = list(_allotments(connection, "primary", "server primary"))
        finally:
            connection.execute("ALTER ROLE smartseller_app RESET statement_timeout")
    assert (role.level, role.mend) == (Level.ERROR, "ALTER ROLE smartseller_app RESET statement_timeout")
    assert rest.level is Level.FINE


def word(*arguments: str) -> Any:
    out = StringIO()
    call_command("tenant", *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def test_another_plan_is_another_allotment_price_and_audit_entry(make_shop: MakeShop) -> None:
    from datetime import date

    shop = make_shop("acme", plan_type="basic")
    open_trial(shop.id, plan="basic", today=date(2026, 2, 20))

    assert word("plan", "acme", "enterprise", "--reason", "grows") == {
        "slug": "acme",
        "plan": "enterprise",
        "allotted": True,
        "database": {"statement_seconds": 120, "connections": 120, "work_mem_kb": 16384},
    }

    assert limits(directory.by_slug("acme")) == ("2min", "16MB", 120)
    subscription = TenantSubscription.objects.select_related("plan").get()
    assert (subscription.plan.name, str(subscription.amount)) == ("enterprise", "199.000")
    with platform_scope():
        [entry] = AuditLog.objects.filter(action="change_plan")
    assert (entry.old_values, entry.new_values, entry.metadata) == (
        {"plan": "basic"}, {"plan": "enterprise"}, {"by": "manage.py tenant", "reason": "grows"},
    )  # fmt: skip


@pytest.mark.parametrize(("status", "plan"), [("active", "golden"), ("cancelled", "premium")])
def test_a_plan_that_is_none_or_a_shop_that_is_over_changes_nothing(
    make_shop: MakeShop, status: str, plan: str
) -> None:
    shop = make_shop("acme", status=status, plan_type="basic")
    with pytest.raises(Refused):
        word("plan", "acme", plan)
    assert Tenant.objects.get(pk=shop.id).plan_type == "basic"
    with owner_connection("primary") as connection:
        assert list(wrong_allotments(connection, "primary")) == []
