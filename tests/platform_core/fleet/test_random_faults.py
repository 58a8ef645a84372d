"""Two hundred kills at random while shops are made, migrated, restored, dropped and moved: a rerun converges.

At a statement that is drawn by lot the process is killed, before or after the server has done it, or PostgreSQL itself
is, with the platform's database and the shops. Here and there a connection is lost instead, which counts as none
(`lots.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.drop import drop_shop, keep_shop
from platform_core.fleet.migrate.models import MigrationRun
from platform_core.fleet.migrate.run import migrate_shops
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import move_shop
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.restores.restore import restore_shop
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant
from smartseller.embedded import Embedded
from tenant_shop.models import Customer
from tests.databases import PREFIX, WorkerDatabases, owner
from tests.own_cluster import beside_the_runs, in_place_of_the_runs
from tests.platform_core.fleet.backups.conftest import MakeFullShop, backups, make_full_shop
from tests.platform_core.fleet.conftest import Ask, Fleet
from tests.platform_core.fleet.lots import Lots, points
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release, order, release
from tests.platform_core.fleet.moves.conftest import Left, left_behind, second
from tests.second_server import NO_TEMPLATE, SecondServer, second_server

__all__ = ["backups", "left_behind", "make_full_shop", "release", "second"]

pytestmark = pytest.mark.slow

POINTS = {
    kind: points(number)
    for kind, number in {"provision": 80, "migrate": 60, "restore": 20, "drop": 20, "move": 20}.items()
}
NEXT = "9001_of_a_test"
HAS_NOTE = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname = 'note'"


@pytest.fixture(scope="module")
def worker_databases(worker_databases: WorkerDatabases) -> Iterator[WorkerDatabases]:
    """The platform and its shops are on a server that is there to be killed."""
    with in_place_of_the_runs(beside_the_runs("faults")) as found:
        yield found


@pytest.fixture(scope="module")
def running_second(worker_databases: WorkerDatabases) -> Iterator[SecondServer]:
    with second_server(beside_the_runs("second"), durable=True) as server:
        yield server


@pytest.fixture
def server(fleet: Fleet, settings: Any) -> Embedded:
    cluster: Embedded = settings.EMBEDDED
    return cluster


def test_eighty_kills_while_shops_are_made(fleet: Fleet, server: Embedded, ask: Ask, tmp_path: Path) -> None:
    lots, names = Lots("provision", tmp_path, [server]), set[str]()
    for number in lots.rounds(POINTS["provision"]):
        slug = f"shop-{number}"
        run_id = request_shop(ask(slug)).run_id
        lots.strike(lambda run_id=run_id: run_provisioning(run_id))
        run_provisioning(run_id)
        directory.clear()
        tenant = directory.by_slug(slug)
        assert tenant.status == "active"
        name = tenant.database_name.removeprefix(PREFIX)
        assert fleet.execute(name, "SELECT tenant_id, database_name FROM tenant_sentinel") == [
            (tenant.id, tenant.database_name)
        ]
        names.add(name)
        if number % 10 == 9:
            assert fleet.names() == names
            assert reconcile().findings == []
        assert fleet.names() == names
    assert Tenant.objects.count() == len(names)
    assert lots.servers_killed >= POINTS["provision"] // 10


def test_sixty_kills_while_shops_are_migrated(fleet: Fleet, server: Embedded, release: Release, tmp_path: Path) -> None:
    slugs = ("acme", "brick")
    for slug in slugs:
        fleet.databases.make_shop(slug)
    release(COLUMN)
    lots = Lots("migrate", tmp_path, [server])
    for _ in lots.rounds(POINTS["migrate"]):
        lots.strike(lambda: migrate_shops(order(parallel=1)))
        report = migrate_shops(order())
        assert report.state == "succeeded"
        assert sum(report.counts.values()) == len(slugs)
        assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEXT}
        assert not MigrationRun.objects.filter(state="running").exists()
        for slug in slugs:
            assert fleet.execute(slug, HAS_NOTE) == [(1,)]
            assert fleet.execute(slug, "SELECT count(*) FROM django_migrations WHERE name = %s", NEXT) == [(1,)]
            assert fleet.execute(slug, "SELECT count(*) FROM schema_versions WHERE version = '9001'") == [(1,)]
            fleet.execute(slug, "ALTER TABLE products DROP COLUMN note")
            fleet.execute(slug, "DELETE FROM django_migrations WHERE name = %s", NEXT)
            fleet.execute(slug, "DELETE FROM schema_versions WHERE version = '9001'")
        Tenant.objects.update(schema_version=NEWEST)
        MigrationRun.objects.all().delete()
        directory.clear()
    assert lots.servers_killed >= POINTS["migrate"] // 10


def test_twenty_kills_while_a_shop_is_restored(
    fleet: Fleet, server: Embedded, make_full_shop: MakeFullShop, backups: Path, tmp_path: Path
) -> None:
    shop = make_full_shop("acme", customers=1)
    backup = back_up_shop(shop.id)
    lots = Lots("restore", tmp_path, [server])
    for _ in lots.rounds(POINTS["restore"]):
        with tenant_context(directory.by_slug("acme")):
            Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")
        lots.strike(lambda: restore_shop(shop.id, backup))
        Restore.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
        reconcile(fix=True)
        directory.clear()
        if not Restore.objects.filter(state="succeeded").exists():
            restore_shop(shop.id, backup)
            directory.clear()
        now = directory.by_slug("acme")
        assert now.availability == "open"
        with tenant_context(now):
            assert list(Customer.objects.values_list("email", flat=True)) == ["c0@acme.example"]
        KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
        reconcile(fix=True)
        assert reconcile().findings == []
        assert fleet.names() == {now.database_name.removeprefix(PREFIX)}
        Restore.objects.all().delete()
    assert lots.servers_killed >= POINTS["restore"] // 10


def test_twenty_kills_while_a_shop_is_dropped(
    fleet: Fleet, server: Embedded, make_full_shop: MakeFullShop, backups: Path, tmp_path: Path
) -> None:
    shop = make_full_shop("acme")
    cancel_tenant(shop.id, reason="closed down")
    lots = Lots("drop", tmp_path, [server])
    for _ in lots.rounds(POINTS["drop"]):
        lots.strike(lambda: drop_shop(shop.id, reason="closed down"))
        kept = drop_shop(shop.id, reason="closed down")
        assert kept.kept_until > timezone.now() + timedelta(days=29)
        final = Backup.objects.get(state="complete")
        assert (final.reason, final.verified_at is not None) == ("final", True)
        with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
            owner(shop.database_name)
        reconcile(fix=True)  # what was being tried out when the process died
        assert fleet.names() == {"acme"}
        keep_shop(shop.id, reason="once more")
        Backup.objects.all().delete()
    drop_shop(shop.id, reason="closed down")
    KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
    reconcile(fix=True)
    assert fleet.names() == set()
    assert lots.servers_killed >= POINTS["drop"] // 10


def test_twenty_kills_while_a_shop_is_moved(
    fleet: Fleet,
    server: Embedded,
    second: SecondServer,
    make_full_shop: MakeFullShop,
    left_behind: Left,
    tmp_path: Path,
) -> None:
    shop = make_full_shop("acme", customers=1)
    lots = Lots("move", tmp_path, [server, second.cluster])
    expected = ["c0@acme.example"]
    for number in lots.rounds(POINTS["move"]):
        to = "primary" if directory.by_slug("acme").server == "second" else "second"
        lots.strike(lambda to=to: move_shop(shop.id, to=to))
        Move.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
        reconcile(fix=True)
        directory.clear()
        if directory.by_slug("acme").server != to:
            move_shop(shop.id, to=to)
            directory.clear()
        now = directory.by_slug("acme")
        assert (now.server, now.availability) == (to, "open")
        with tenant_context(now):
            assert sorted(Customer.objects.values_list("email", flat=True)) == expected
            expected = sorted([*expected, f"c{number + 1}@acme.example"])
            Customer.objects.create(email=f"c{number + 1}@acme.example", first_name="L", last_name="L")
        KeptDatabase.objects.update(kept_until=timezone.now() - timedelta(seconds=1))
        reconcile(fix=True)
        assert reconcile().findings == []
        assert left_behind() == []
        of_the_shop = {now.database_name.removeprefix(PREFIX)}
        assert fleet.names() == (of_the_shop if to == "primary" else set())
        assert second.names() - {NO_TEMPLATE} == (of_the_shop if to == "second" else set())
    assert lots.servers_killed >= POINTS["move"] // 10
