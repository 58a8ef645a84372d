"""A shop moves to another server with everything it has; whatever is refused changes nothing."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connections
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from platform_core.audit.models import AuditLog
from platform_core.audit.scope import platform_scope
from platform_core.fleet.catalogue import read_catalogue
from platform_core.fleet.errors import NoServerAvailable, OutsideRegion, UnknownServer
from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.moves import run
from platform_core.fleet.moves.ask import ask_for_move, move_task
from platform_core.fleet.moves.errors import MoveRefused
from platform_core.fleet.moves.models import Move
from platform_core.fleet.moves.move import move_shop, undo_move
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.tenancy import directory
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.errors import TenantNotServing, WrongDatabase
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenants.models import Tenant
from smartseller.embedded import SUPERUSER, Embedded
from tenant_shop.models import Customer
from tests.databases import PREFIX, owner
from tests.people import make_user
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.moves.conftest import Left, MakeFullShop, SecondServer, run_in
from tests.second_server import NO_TEMPLATE
from tests.shopper import Shopper


def emails(slug: str = "acme") -> list[str]:
    with tenant_context(directory.by_slug(slug)):
        return sorted(Customer.objects.values_list("email", flat=True))


def catalogue(connection: psycopg.Connection[Any]) -> dict[str, str]:
    with connection:
        return read_catalogue(connection)


@pytest.mark.slow
@pytest.mark.parametrize("by_dump", [False, True])
def test_a_moved_shop_is_what_it_was_and_every_process_follows(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left, by_dump: bool
) -> None:
    shop = make_full_shop("acme", customers=2)
    old = shop.database_name
    run_in(owner, old, "CREATE INDEX idx_custom_0199 ON customers ((metadata ->> 'size'))")
    run_in(owner, old, "INSERT INTO listing_changes DEFAULT VALUES")
    run_in(owner, old, f"ALTER DATABASE {old} SET random_page_cost = 1.3")
    run_in(owner, old, "SELECT setval('django_migrations_id_seq', 4711)")
    assert Shopper("acme.localhost").get("/").status_code == 200
    before = catalogue(owner(old))

    move = move_shop(shop.id, to="second", by_dump=by_dump)

    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.availability, now.database_name) == ("second", 2, "open", move.new_database)
    assert emails() == ["c0@acme.example", "c1@acme.example"]
    assert (move.state, move.method, move.step) == ("succeeded", "dump" if by_dump else "replication", "opened")
    assert move.downtime is not None
    with tenant_context(now), shop_connection().cursor() as cursor:
        cursor.execute("SELECT current_database(), database_name FROM tenant_sentinel")
        assert cursor.fetchone() == (now.database_name, now.database_name)
        cursor.execute("SHOW random_page_cost")
        assert cursor.fetchone() == ("1.3",)
        cursor.execute("SELECT count(*) FROM listing_changes")
        assert cursor.fetchone()[0] > 0
    assert run_in(second.connect, now.database_name, "SELECT last_value FROM django_migrations_id_seq") == [(4711,)]
    assert catalogue(second.connect(now.database_name)) == before
    assert run_in(
        second.connect, now.database_name, "SELECT count(*) FROM pg_indexes WHERE indexname = 'idx_custom_0199'"
    ) == [(1,)]
    assert Shopper("acme.localhost").get("/").status_code == 200
    assert left_behind() == []
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        owner(old)
    kept = KeptDatabase.objects.get()
    assert (kept.server, kept.name) == ("primary", old)
    with platform_scope():
        entry = AuditLog.objects.get(action="move_tenant")
    assert entry.new_values == {"server": "second", "database_name": now.database_name, "epoch": 2}
    assert reconcile(fix=True).findings == []

    back = move_shop(shop.id, to="primary", by_dump=by_dump)

    assert (directory.by_slug("acme").server, directory.by_slug("acme").epoch) == ("primary", 3)
    assert catalogue(owner(back.new_database)) == before
    assert emails() == ["c0@acme.example", "c1@acme.example"]
    assert left_behind() == []


class Writer:
    """Writes customers as fast as it can, as web processes do, and remembers which were acknowledged."""

    def __init__(self, shop: TenantInfo) -> None:
        self._shop = shop
        self._stop = threading.Event()
        self.acknowledged: list[str] = []
        self.refused = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        try:
            while not self._stop.is_set():
                number += 1
                self._write(f"w{number}@acme.example")
        finally:
            connections.close_all()

    def _write(self, email: str) -> None:
        tenant = directory.by_id(self._shop.id)
        if gate_of(tenant) is not Gate.OPEN:
            self.refused += 1
            return
        try:
            with tenant_context(tenant):
                Customer.objects.create(email=email, first_name="W", last_name="W")
                with shop_connection().cursor() as cursor:
                    cursor.execute("UPDATE settings SET updated_at = now(); INSERT INTO listing_changes DEFAULT VALUES")
        except (OperationalError, TenantNotServing, WrongDatabase):
            self.refused += 1
        else:
            self.acknowledged.append(email)


@pytest.mark.slow
def test_a_move_that_is_asked_for_is_written_down_and_a_worker_carries_it_out_once(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_full_shop("acme", customers=1)
    queued: list[str] = []
    monkeypatch.setattr(move_task, "delay", queued.append)

    asked = ask_for_move(shop.id, to="second", reason="the first is full", actor_id=make_user().pk)

    assert (queued, asked.state, directory.by_slug("acme").server) == ([str(asked.pk)], "running", "primary")
    for _ in range(2):
        move_task(queued[0])
    asked.refresh_from_db()
    assert (asked.state, directory.by_slug("acme").server, directory.by_slug("acme").epoch) == (
        "succeeded",
        "second",
        2,
    )
    assert emails() == ["c0@acme.example"]
    with platform_scope():
        entry = AuditLog.objects.get(action="ask_for_move")
    assert (entry.old_values, entry.new_values) == ({"server": "primary"}, {"server": "second"})
    assert entry.metadata == {"reason": "the first is full", "move": str(asked.pk), "method": "replication"}


@pytest.mark.slow
def test_what_is_written_during_a_move_is_all_on_the_new_server(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left
) -> None:
    shop = make_full_shop("acme", customers=1)
    with Writer(shop) as writer:
        while len(writer.acknowledged) < 20:
            pass
        move = move_shop(shop.id, to="second")
        so_far = len(writer.acknowledged)
        while len(writer.acknowledged) < so_far + 20:
            pass

    assert move.method == "replication"
    assert directory.by_slug("acme").server == "second"
    found = set(emails())
    assert set(writer.acknowledged) <= found
    assert found - set(writer.acknowledged) - {"c0@acme.example"} == set()
    assert left_behind() == []


@pytest.mark.slow
def test_no_superuser_is_needed_to_move_a_shop_while_it_sells(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left, settings: Any
) -> None:
    """The role of docker/postgres/roles.sql; who subscribes without being a superuser must be asked for a password."""
    shop = make_full_shop("acme", customers=1)
    servers = {name: dict(addresses) for name, addresses in settings.DATABASE_SERVERS.items()}
    for name, cluster in (("primary", settings.EMBEDDED), ("second", second.cluster)):
        asks_for_it(cluster)
        servers[name]["replication"] = make_conninfo(
            cluster.conninfo("smartseller_mover", "postgres"), password="of this test only"
        )
    settings.DATABASE_SERVERS = servers

    move = move_shop(shop.id, to="second")

    assert (move.method, move.reason, move.state) == ("replication", "", "succeeded")
    assert emails() == ["c0@acme.example"]
    assert left_behind() == []


def asks_for_it(cluster: Embedded) -> None:
    rules = cluster.postgres_dir / "pg_hba.conf"
    line = "local all smartseller_mover scram-sha-256\n"
    if not rules.read_text().startswith(line):
        rules.write_text(line + rules.read_text())
    with psycopg.connect(cluster.conninfo(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
        if connection.execute("SELECT FROM pg_roles WHERE rolname = 'smartseller_mover'").rowcount == 0:
            connection.execute(
                "CREATE ROLE smartseller_mover LOGIN REPLICATION PASSWORD 'of this test only'"
                " IN ROLE smartseller_owner, pg_create_subscription"
            )


@pytest.mark.slow
def test_a_move_is_undone_as_long_as_nothing_was_written_since(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left
) -> None:
    shop = make_full_shop("acme", customers=1)
    moved = move_shop(shop.id, to="second")
    with tenant_context(directory.by_slug("acme")):
        late = Customer.objects.create(email="late@acme.example", first_name="L", last_name="L")

    with pytest.raises(MoveRefused, match=r"something was written since \(public.customers has 1 rows instead of 2"):
        undo_move(shop.id)

    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.availability) == ("second", 2, "open")
    assert emails() == ["c0@acme.example", "late@acme.example"]
    with tenant_context(now):
        late.delete()

    undo_move(shop.id)

    now = directory.by_slug("acme")
    assert (now.server, now.epoch, now.database_name) == ("primary", 3, shop.database_name)
    assert emails() == ["c0@acme.example"]
    assert [(kept.server, kept.name) for kept in KeptDatabase.objects.all()] == [("second", moved.new_database)]
    assert left_behind() == []


@pytest.mark.slow
def test_a_move_is_undone_without_the_server_that_was_lost(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop
) -> None:
    shop = make_full_shop("acme", customers=1)
    move_shop(shop.id, to="second")
    second.stop()

    with pytest.raises(MoveRefused, match="second does not answer"):
        undo_move(shop.id)
    undo_move(shop.id, discard=True)

    assert directory.by_slug("acme").server == "primary"
    assert emails() == ["c0@acme.example"]


@pytest.mark.slow
def test_a_copy_that_cannot_be_proven_leaves_the_shop_open_where_it_was(
    fleet: Fleet, second: SecondServer, make_full_shop: MakeFullShop, left_behind: Left, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = make_full_shop("acme", customers=1)

    settle = run.settle

    def settle_badly(move: Move, *args: Any, **kwargs: Any) -> None:
        settle(move, *args, **kwargs)
        run_in(second.connect, move.new_database, "UPDATE customers SET first_name = 'Somebody else'")

    monkeypatch.setattr(run, "settle", settle_badly)
    with pytest.raises(Exception, match=r"the copy differs: public\.catalogue_version has other rows"):
        move_shop(shop.id, to="second")

    assert directory.by_slug("acme") == shop
    assert emails() == ["c0@acme.example"]
    assert Shopper("acme.localhost").get("/").status_code == 200
    assert Move.objects.get().state == "failed"
    assert second.names() == {NO_TEMPLATE}
    assert left_behind() == []
    assert KeptDatabase.objects.count() == 0


def test_what_cannot_be_moved_is_refused_and_nothing_is_made(fleet: Fleet, settings: Any) -> None:
    settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, "second": settings.DATABASE_SERVERS["primary"]}
    second = DatabaseServer.objects.create(key="second", region="eu", capacity=1)
    shop = fleet.databases.make_shop("acme")

    def refused(error: type[Exception], words: str, to: str = "second") -> None:
        with pytest.raises(error, match=words):
            move_shop(shop.id, to=to)

    refused(UnknownServer, "no addresses", to="third")
    refused(MoveRefused, "it is on primary already", to="primary")
    Tenant.objects.update(region="ch")
    refused(OutsideRegion, "may be in ch only, and the server second is in eu")
    Tenant.objects.update(region="eu")
    second.state = "draining"
    second.save()
    refused(MoveRefused, "the server second is draining")
    second.state, second.capacity = "open", 0
    second.save()
    refused(NoServerAvailable, "in eu")
    second.capacity = 1
    second.save()
    Tenant.objects.update(status="pending_setup")
    refused(MoveRefused, "it is being made")
    Tenant.objects.update(status="cancelled")
    KeptDatabase.objects.create(tenant_id=shop.id, server="primary", name=shop.database_name, kept_until=timezone.now())
    refused(MoveRefused, "about to be dropped")
    KeptDatabase.objects.all().delete()
    with pytest.raises(MoveRefused, match="it was not moved"):
        undo_move(shop.id)

    assert Move.objects.count() == 0
    assert fleet.names() == {shop.database_name.removeprefix(PREFIX)}
