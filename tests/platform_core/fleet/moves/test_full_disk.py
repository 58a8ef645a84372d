"""The disk of a server is full: who needs room there is told so, nothing half-made stays, and with room it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from platform_core.fleet.backups.back_up import back_up_shop
from platform_core.fleet.backups.errors import RestoreFailed
from platform_core.fleet.migrate.run import migrate_shops, resume_run
from platform_core.fleet.models import ProvisioningRun, SpareDatabase
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import move_shop
from platform_core.fleet.provision.request import request_shop
from platform_core.fleet.provision.run import create_shop, run_provisioning
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase, Restore
from platform_core.fleet.restores.restore import restore_shop
from platform_core.fleet.restores.verify import verify_backup
from platform_core.fleet.spares import refill_spares
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenants.models import Tenant
from smartseller.embedded import PLATFORM_DATABASE, Embedded
from tenant_shop.models import Customer
from tests import kept_cluster
from tests.databases import PLATFORM, PREFIX, SHOP_MODEL, TEMPLATE, WorkerDatabases
from tests.own_cluster import beside_the_runs, kill_server
from tests.platform_core.fleet.conftest import Ask, Fleet, ask
from tests.platform_core.fleet.migrate.conftest import NEWEST, Release, order, release
from tests.platform_core.fleet.moves.conftest import Left, MakeFullShop, enter, second
from tests.second_server import KEY, NO_TEMPLATE, SecondServer, second_server
from tests.small_disk import SmallDisk, small_disk

__all__ = ["ask", "release", "second"]

pytestmark = pytest.mark.slow

FULL = "No space left on device"
LARGE = "migrations.RunSQL('CREATE TABLE large AS SELECT g, g::text AS t FROM generate_series(1, 100000) g', '')"


@contextmanager
def small_server(folder: Path, part: str, *, megabytes: int) -> Iterator[tuple[SecondServer, SmallDisk]]:
    """A server with a true template, of whose files the folder `part` is on a small disk."""
    cluster = Embedded(folder, durable=True)
    folder.mkdir(parents=True)
    kept_cluster.lay_out(cluster)
    disk_of_part = small_disk(cluster.postgres_dir / part, megabytes=megabytes)
    try:
        with disk_of_part as disk, second_server(folder, durable=True) as server:
            lay_out_template(server)
            try:
                yield server, disk
            finally:  # a server without room does not even stop
                disk.make_room()
                kill_server(cluster)
                server.start()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def lay_out_template(server: SecondServer) -> None:
    with server.connect() as connection:
        # Whoever made the models had their first one under this name.
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(PLATFORM)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER smartseller_owner").format(
                sql.Identifier(TEMPLATE), sql.Identifier(SHOP_MODEL)
            )
        )


@pytest.fixture(scope="module")
def small(worker_databases: WorkerDatabases) -> Iterator[tuple[SecondServer, SmallDisk]]:
    with small_server(beside_the_runs("small"), "base", megabytes=300) as found:
        yield found


@pytest.fixture(scope="module")
def running_second(small: tuple[SecondServer, SmallDisk]) -> SecondServer:
    return small[0]


@pytest.fixture
def disk(small: tuple[SecondServer, SmallDisk], second: SecondServer) -> Iterator[SmallDisk]:
    """The first session of a database writes a file, and is refused without room for it: that happened before."""
    for database in ("postgres", PLATFORM_DATABASE):
        second.connect(database).close()
    yield small[1]
    small[1].make_room()


@pytest.fixture
def there(ask: Ask, second: SecondServer) -> TenantInfo:
    """The shop `acme` on the server with the small disk, with one customer."""
    create_shop(ask("acme", region="elsewhere"))
    shop = directory.by_slug("acme")
    assert shop.server == "second"
    add_customer("first@acme.example")
    return shop


def add_customer(email: str) -> None:
    with tenant_context(directory.by_slug("acme")):
        Customer.objects.create(email=email, first_name="L", last_name="L")


def emails() -> list[str]:
    with tenant_context(directory.by_slug("acme")):
        return sorted(Customer.objects.values_list("email", flat=True))


def shops_of(server: SecondServer) -> set[str]:
    return server.names() - {NO_TEMPLATE}


def test_a_shop_is_not_made_and_nothing_of_it_is_there_and_is_made_when_there_is_room(
    fleet: Fleet, second: SecondServer, disk: SmallDisk, ask: Ask
) -> None:
    run_id = request_shop(ask("acme", region="elsewhere")).run_id
    disk.fill()

    with pytest.raises(psycopg.errors.DiskFull, match=FULL):
        run_provisioning(run_id)

    run = ProvisioningRun.objects.get()
    assert run.state == "failed"
    assert FULL in run.error
    assert Tenant.objects.get().status == "pending_setup"
    assert shops_of(second) == set()
    assert not SpareDatabase.objects.exists()
    [finding] = reconcile(fix=True).findings
    assert (finding.kind.value, finding.fixed) == ("failed_run", False)
    assert FULL in finding.detail
    disk.make_room()
    assert reconcile(fix=True).is_clean
    assert directory.by_slug("acme").status == "active"
    assert shops_of(second) == {"acme"}
    assert reconcile().findings == []


def test_spares_that_fit_stay_and_of_the_one_that_does_not_nothing_is_left(
    fleet: Fleet, second: SecondServer, disk: SmallDisk
) -> None:
    refill_spares("second", wanted=1)
    disk.fill()

    with pytest.raises(psycopg.errors.DiskFull, match=FULL):
        refill_spares("second", wanted=3)

    [spare] = SpareDatabase.objects.all()
    assert spare.state == "ready"
    assert shops_of(second) == {spare.name.removeprefix(PREFIX)}
    disk.make_room()
    assert refill_spares("second", wanted=3).made == 2
    assert reconcile().findings == []


def test_a_migration_leaves_the_shop_as_it_was_and_is_finished_when_there_is_room(
    fleet: Fleet, second: SecondServer, disk: SmallDisk, there: TenantInfo, release: Release
) -> None:
    fleet.databases.make_shop("brick")
    release(LARGE)
    disk.fill()

    report = migrate_shops(order())

    assert (report.state, report.counts) == ("failed", {"failed": 1, "succeeded": 1})
    [failure] = report.failures
    assert (failure["shop"], failure["state"]) == ("acme", "failed")
    assert FULL in failure["error"]
    assert Tenant.objects.get(slug="acme").schema_version == NEWEST
    with closing(second.connect(there.database_name)) as inside:
        assert inside.execute("SELECT to_regclass('large')").fetchone() == (None,)
    disk.make_room()
    assert resume_run("last").counts == {"succeeded": 2}
    with closing(second.connect(there.database_name)) as inside:
        assert inside.execute("SELECT count(*) FROM large").fetchone() == (100_000,)


def test_a_backup_needs_no_room_there_and_trying_it_out_does(
    fleet: Fleet, second: SecondServer, disk: SmallDisk, there: TenantInfo, backups: Path
) -> None:
    disk.fill()
    backup = back_up_shop(there.id)
    assert backup.state == "complete"

    with pytest.raises((RestoreFailed, psycopg.errors.DiskFull), match=FULL):
        verify_backup(backup)

    assert shops_of(second) == {"acme"}
    disk.make_room()
    verify_backup(backup)
    assert shops_of(second) == {"acme"}
    assert reconcile().findings == []


def test_a_shop_that_cannot_be_restored_sells_on_with_what_it_has(
    fleet: Fleet, second: SecondServer, disk: SmallDisk, there: TenantInfo, backups: Path
) -> None:
    backup = back_up_shop(there.id)
    add_customer("late@acme.example")
    disk.fill()

    with pytest.raises((RestoreFailed, psycopg.errors.DiskFull), match=FULL):
        restore_shop(there.id, backup)

    assert Restore.objects.get().state == "failed"
    assert FULL in Restore.objects.get().error
    assert directory.by_slug("acme") == there
    assert emails() == ["first@acme.example", "late@acme.example"]
    assert shops_of(second) == {"acme"}
    assert not KeptDatabase.objects.exists()
    disk.make_room()
    restore_shop(there.id, backup)
    assert emails() == ["first@acme.example"]
    assert reconcile().findings == []


@pytest.mark.parametrize("by_dump", [False, True], ids=["replication", "dump"])
def test_a_shop_that_does_not_fit_on_its_new_server_stays_where_it_is(
    fleet: Fleet,
    second: SecondServer,
    disk: SmallDisk,
    make_full_shop: MakeFullShop,
    left_behind: Left,
    by_dump: bool,
) -> None:
    shop = make_full_shop("acme", customers=1)
    disk.fill()

    with pytest.raises(Exception, match=FULL):
        move_shop(shop.id, to="second", by_dump=by_dump)

    assert Move.objects.get().state == "failed"
    assert FULL in Move.objects.get().error
    assert directory.by_slug("acme") == shop
    assert emails() == ["c0@acme.example"]
    disk.make_room()
    assert shops_of(second) == set()
    assert left_behind() == []
    assert move_shop(shop.id, to="second", by_dump=by_dump).state == "succeeded"
    assert emails() == ["c0@acme.example"]
    assert reconcile().findings == []


def test_a_server_that_stops_because_its_log_has_no_room_goes_on_with_room(
    worker_databases: WorkerDatabases, fleet: Fleet, settings: Any
) -> None:
    with small_server(beside_the_runs("log"), "pg_wal", megabytes=160) as (server, disk):
        settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, KEY: server.addresses}
        enter(KEY)
        disk.fill()

        with pytest.raises(psycopg.OperationalError):
            refill_spares(KEY, wanted=100)

        made = SpareDatabase.objects.filter(state="ready").count()
        disk.make_room()
        kill_server(server.cluster)  # it tries to recover, or has given up
        server.start()
        assert refill_spares(KEY, wanted=made + 1).ready == made + 1
        names = set(SpareDatabase.objects.values_list("name", flat=True))
        assert shops_of(server) == {name.removeprefix(PREFIX) for name in names}
        assert reconcile().findings == []
