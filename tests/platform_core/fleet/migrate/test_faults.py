"""Kills, half-built indexes, migrations in Python, and databases whose past is another."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from django.db import connections

from platform_core.fleet.migrate import ledger, run, shop
from platform_core.fleet.migrate.errors import ForeignHistory
from platform_core.fleet.migrate.models import MigrationRun, ShopMigration
from platform_core.fleet.migrate.run import migrate_shops, resume_run
from platform_core.fleet.migrate.script import MigrationScript
from platform_core.fleet.migrate.shop import pending_of
from platform_core.fleet.status import fleet_status
from platform_core.tenancy.postgresql.base import pool
from platform_core.tenants.models import Tenant
from tests.databases import PREFIX
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release, order

NEXT = "9001_of_a_test"
HAS_NOTE = "SELECT count(*) FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname = 'note'"
INDEX = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('by_note')"
CONCURRENTLY = (
    "migrations.RunSQL('CREATE UNIQUE INDEX CONCURRENTLY by_note ON categories (name)')",
    "atomic = False",
    "",
)
PYTHON = (
    "migrations.RunSQL('ALTER TABLE products ADD COLUMN note text'), migrations.RunPython(fill)",
    "",
    """
def fill(apps, editor):
    import os
    shop = apps.get_model("tenant_shop", "Setting").objects.using(editor.connection.alias)
    print("this is no answer")
    if shop.filter(key="dies").exists():
        os._exit(9)
    if shop.filter(key="fails").exists():
        raise ValueError("a row that nobody expected")
    shop.create(key="note", value="filled")
""",
)
# Each is killed before and after it did its work; the second of three shops is the one.
POINTS = [
    (ledger, "begin"),
    (shop, "_send"),
    (shop, "_note"),
    (shop, "_apply_together"),
    (ledger, "note"),
    (ledger, "finish"),
]
FEW = {("after", "_apply_together")}


@pytest.mark.parametrize(
    ("when", "place", "name"),
    [
        pytest.param(when, place, name, id=f"{when}-{name}", marks=() if (when, name) in FEW else pytest.mark.slow)
        for place, name in POINTS
        for when in ("before", "after")
    ],
)
def test_a_run_that_is_killed_is_finished_by_the_next(
    fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch, when: str, place: Any, name: str
) -> None:
    for slug in ("acme", "brick", "clay"):
        fleet.databases.make_shop(slug)
    release(COLUMN)
    original = getattr(place, name)
    calls: list[None] = []

    def kill(*args: Any, **values: Any) -> Any:
        calls.append(None)
        last = len(calls) >= (2 if place is shop else 1)
        if last and when == "before":
            die()
        result = original(*args, **values)
        if last:
            die()
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, kill)
        assert in_child(lambda: migrate_shops(order(parallel=1))) == signal.SIGKILL

    began = MigrationRun.objects.filter(state="running").exists()
    report = resume_run("last") if began else migrate_shops(order())

    assert report.state == "succeeded"
    assert set(report.counts) <= {"succeeded", "current"}
    assert sum(report.counts.values()) == 3
    assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEXT}
    for slug in ("acme", "brick", "clay"):
        assert fleet.execute(slug, HAS_NOTE) == [(1,)]
        assert fleet.execute(slug, "SELECT count(*) FROM django_migrations WHERE name = %s", NEXT) == [(1,)]
        assert fleet.execute(slug, "SELECT count(*) FROM schema_versions WHERE version = '9001'") == [(1,)]
    assert not MigrationRun.objects.filter(state="running").exists()


@pytest.mark.slow
def test_a_new_run_says_that_the_killed_one_was_interrupted(
    fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.databases.make_shop("acme")
    release(COLUMN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "walk", lambda *args, **values: die())
        assert in_child(lambda: migrate_shops(order())) == signal.SIGKILL

    # Nothing was written since, and yet nobody is told that it runs.
    (killed,) = MigrationRun.objects.all()
    status = fleet_status(visit=False)
    assert (killed.state, status.last_run and status.last_run.state) == ("running", "interrupted")
    assert migrate_shops(order()).counts == {"succeeded": 1}
    assert list(MigrationRun.objects.order_by("started_at").values_list("state", flat=True)) == [
        "interrupted",
        "succeeded",
    ]


@pytest.mark.parametrize(
    "left_behind",
    [
        "half an index",
        pytest.param("nothing", marks=pytest.mark.slow),
        pytest.param("a whole index", marks=pytest.mark.slow),
    ],
)
def test_an_index_beside_the_traffic_is_made_once_whatever_was_left_behind(
    fleet: Fleet, release: Release, left_behind: str
) -> None:
    fleet.databases.make_shop("acme")
    release(COLUMN, CONCURRENTLY)
    if left_behind == "half an index":
        fleet.execute("acme", "INSERT INTO categories (name, slug) VALUES ('Tea', 'tea'), ('Tea', 'tea-2')")
        report = migrate_shops(order())
        assert report.counts == {"quarantined": 1}
        assert fleet.execute("acme", INDEX) == [(False,)]
        # What came before it stands, and the platform knows.
        assert Tenant.objects.get().schema_version == NEXT
        fleet.execute("acme", "UPDATE categories SET name = slug")
    elif left_behind == "a whole index":
        fleet.execute("acme", "CREATE UNIQUE INDEX by_note ON categories (name)")

    report = migrate_shops(order(slugs=("acme",)))

    assert report.counts == {"succeeded": 1}
    assert fleet.execute("acme", INDEX) == [(True,)]
    assert Tenant.objects.get().schema_version == "9002_of_a_test"
    assert migrate_shops(order()).counts == {"current": 1}


@pytest.mark.slow
def test_python_runs_in_a_process_of_its_own_whose_death_costs_one_shop(fleet: Fleet, release: Release) -> None:
    for slug in ("acme", "brick", "clay"):
        fleet.databases.make_shop(slug)
    fleet.execute("brick", """INSERT INTO settings (key, value) VALUES ('dies', '1')""")
    fleet.execute("clay", """INSERT INTO settings (key, value) VALUES ('fails', '1')""")
    release(PYTHON)
    # The child connects as the product does: to the platform that this one sees.
    connections.close_all()
    pool().forget("")

    report = migrate_shops(order(lock_timeout=5))

    assert report.counts == {"failed": 1, "quarantined": 1, "succeeded": 1}
    errors = {failure["shop"]: failure["error"] for failure in report.failures}
    assert errors == {
        "brick": "The process that ran the migration died (exit code 9). (2 attempts)",
        "clay": f"tenant_shop.{NEXT}: ValueError: a row that nobody expected",
    }
    assert fleet.execute("acme", "SELECT value FROM settings WHERE key = 'note'") == [("filled",)]
    assert [fleet.execute(slug, HAS_NOTE) for slug in ("acme", "brick", "clay")] == [[(1,)], [(0,)], [(0,)]]
    assert fleet.execute("acme", "SELECT version FROM schema_versions ORDER BY applied_at DESC LIMIT 1") == [("9001",)]
    fleet.execute("brick", "DELETE FROM settings WHERE key = 'dies'")
    fleet.execute("clay", "DELETE FROM settings WHERE key = 'fails'")
    assert resume_run("last").counts == {"succeeded": 3}
    assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEXT}


def test_rows_that_wait_for_their_keys_do_not_stop_the_next_migration(fleet: Fleet, release: Release) -> None:
    """Keys are checked at commit, and a table with rows that wait for that cannot be altered."""
    fleet.databases.make_shop("acme")
    fleet.execute("acme", "INSERT INTO categories (name, slug) VALUES ('Tea', 'tea')")
    release(
        "migrations.RunSQL(\"INSERT INTO categories (name, slug, parent_id) SELECT 'Green', 'green', id"
        ' FROM categories")',
        "migrations.RunSQL('ALTER TABLE categories ADD COLUMN note text')",
    )
    assert migrate_shops(order()).counts == {"succeeded": 1}
    assert fleet.execute("acme", "SELECT count(note), count(*) FROM categories") == [(0, 2)]


def test_a_database_of_another_past_is_left_alone(fleet: Fleet, release: Release) -> None:
    fleet.databases.make_shop("acme")
    fleet.databases.make_shop("brick")
    fleet.execute("acme", "INSERT INTO django_migrations (app, name, applied) VALUES ('tenant_shop', '9999_x', now())")
    fleet.execute("brick", "DELETE FROM tenant_sentinel")
    release(COLUMN)

    report = migrate_shops(order())

    assert report.counts == {"quarantined": 2}
    errors = {failure["shop"]: failure["error"] for failure in report.failures}
    assert errors["acme"].startswith("The database has migrations that this release does not know: tenant_shop.9999_x.")
    assert errors["brick"] == f"The database of brick is not its own: {PREFIX}brick is of no shop yet."
    assert fleet.execute("brick", HAS_NOTE) == [(0,)]
    assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEWEST}
    assert ShopMigration.objects.filter(attempts=1).count() == 2


@pytest.mark.slow
def test_a_session_that_is_ended_in_the_middle_costs_another_attempt(
    fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.databases.make_shop("acme")
    release(COLUMN)
    send, calls = shop._send, [None]

    def ended_once(connection: Any, migration: Any, statement: str) -> None:
        send(connection, migration, statement)
        if calls:
            calls.pop()
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(shop, "_send", ended_once)

    assert migrate_shops(order()).counts == {"succeeded": 1}
    assert ShopMigration.objects.get().attempts == 2
    assert fleet.execute("acme", "SELECT count(*) FROM schema_versions WHERE version = '9001'") == [(1,)]


@pytest.mark.slow
def test_a_database_that_is_not_there_is_not_waited_for(fleet: Fleet, release: Release) -> None:
    for slug in ("acme", "brick"):
        fleet.databases.make_shop(slug)
        fleet.databases.update_tenant(slug, database_name=f"nowhere_{slug}")
    fleet.databases.update_tenant("brick", status="pending_setup")
    release(COLUMN)

    report = migrate_shops(order())

    # One that is being made will be of the new template.
    assert report.counts == {"current": 1, "failed": 1}
    [failure] = report.failures
    assert (failure["shop"], failure["error"]) == ("acme", "The database nowhere_acme does not exist.")


def of(*names: str, **values: Any) -> tuple[MigrationScript, ...]:
    return tuple(
        MigrationScript(app="tenant_shop", name=name, atomic=True, needs_python=False, **values) for name in names
    )


def keys(*names: str) -> frozenset[str]:
    return frozenset(f"tenant_shop.{name}" for name in names)


def test_what_is_pending_follows_from_what_there_is() -> None:
    script = of("0001_a", "0002_b", "0003_c")
    assert pending_of(script, keys("0001_a")) == script[1:]
    assert pending_of(script, keys("0001_a", "0002_b", "0003_c")) == ()
    with pytest.raises(ForeignHistory, match=r"lacks tenant_shop\.0002_b and has a later one"):
        pending_of(script, keys("0001_a", "0003_c"))


def test_a_squashed_migration_counts_as_what_it_replaces() -> None:
    script = (*of("0001_all", replaces=("tenant_shop.0001_a", "tenant_shop.0002_b")), *of("0003_c"))
    assert pending_of(script, keys("0001_a", "0002_b")) == script[1:]
    assert pending_of(script, keys("0001_all", "0003_c")) == ()
    with pytest.raises(ForeignHistory, match=r"only a part of what tenant_shop\.0001_all replaces"):
        pending_of(script, keys("0001_a"))
