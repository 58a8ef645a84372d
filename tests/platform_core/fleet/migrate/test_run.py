"""A run over the shops: every one at the new schema or as it was, written down, and taken up again."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from psycopg import sql

from platform_core.fleet.migrate import run
from platform_core.fleet.migrate.crew import Crew
from platform_core.fleet.migrate.errors import MigrationBusy, RunOutdated, ScriptMissing, UnknownRun, UnknownShops
from platform_core.fleet.migrate.models import MigrationRun, ShopMigration
from platform_core.fleet.migrate.run import Pause, alone, migrate_shops, resume_run
from platform_core.fleet.models import TemplateVersion
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from tests.databases import owner
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release, order

NEXT = "9001_of_a_test"
UNIQUE = "migrations.RunSQL('CREATE UNIQUE INDEX one_name ON categories (name)')"
TWO_OF_A_NAME = "INSERT INTO categories (name, slug) VALUES ('Tea', 'tea'), ('Tea', 'tea-2')"


def has_note(fleet: Fleet, slug: str) -> bool:
    found = fleet.execute(slug, "SELECT 1 FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname = 'note'")
    return bool(found)


def states() -> dict[str, str]:
    newest = ShopMigration.objects.filter(run=MigrationRun.objects.order_by("-started_at").first())
    return dict(newest.values_list("tenant__slug", "state"))


def versions() -> dict[str, str]:
    return dict(Tenant.objects.values_list("slug", "schema_version"))


def make(fleet: Fleet, *slugs: str, **values: Any) -> None:
    for slug in slugs:
        fleet.databases.make_shop(slug, **values)


def test_every_shop_gets_the_column_the_rows_and_its_version(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick")
    make(fleet, "closed", status="suspended")
    make(fleet, "gone", status="cancelled")
    release(COLUMN)

    report = migrate_shops(order())

    assert (report.state, report.target, report.counts) == ("succeeded", NEXT, {"succeeded": 3})
    assert versions() == {"acme": NEXT, "brick": NEXT, "closed": NEXT, "gone": NEWEST}
    assert [has_note(fleet, slug) for slug in ("acme", "brick", "closed", "gone")] == [True, True, True, False]
    assert fleet.execute("acme", "SELECT app, name FROM django_migrations ORDER BY id DESC LIMIT 1") == [
        ("tenant_shop", NEXT)
    ]
    assert fleet.execute(
        "acme", "SELECT version, description FROM schema_versions ORDER BY applied_at DESC LIMIT 1"
    ) == [("9001", f"tenant_shop.{NEXT}")]
    row = ShopMigration.objects.get(tenant__slug="acme")
    assert (row.from_version, row.to_version, row.attempts, row.error) == (NEWEST, NEXT, 1, "")
    assert row.ms is not None
    assert migrate_shops(order()).counts == {"current": 3}


def test_a_shop_that_needs_nothing_costs_one_query(
    fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(fleet, "acme")
    asked: list[object] = []
    connect = run.Work.__call__.__globals__["connect"]

    def counting(*args: Any, **kwargs: Any) -> Any:
        connection = connect(*args, **kwargs)
        execute = connection.execute
        connection.execute = lambda query, *rest: (asked.append(query), execute(query, *rest))[1]
        return connection

    monkeypatch.setitem(run.Work.__call__.__globals__, "connect", counting)
    release()

    assert migrate_shops(order()).counts == {"current": 1}
    assert len(asked) == 1


def test_what_a_shop_refuses_is_undone_and_the_others_go_on(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick", "clay")
    fleet.execute("brick", TWO_OF_A_NAME)
    release(COLUMN, UNIQUE)

    report = migrate_shops(order())

    assert (report.state, report.error) == ("failed", "not every shop is done")
    assert states() == {"acme": "succeeded", "brick": "quarantined", "clay": "succeeded"}
    [failure] = report.failures
    assert failure["error"] == ('tenant_shop.9002_of_a_test: could not create unique index "one_name"')
    assert not has_note(fleet, "brick")
    assert versions() == {"acme": "9002_of_a_test", "brick": NEWEST, "clay": "9002_of_a_test"}

    # Known to be broken, it does not use up the next run's budget, until it is named or its run is taken up again.
    again = migrate_shops(order())
    assert (again.state, again.counts, again.left_out) == ("succeeded", {"current": 2}, ["brick"])
    assert migrate_shops(order(retry_quarantined=True)).counts == {"current": 2, "quarantined": 1}
    fleet.execute("brick", "UPDATE categories SET name = slug")
    assert migrate_shops(order(slugs=("brick",))).counts == {"succeeded": 1}
    assert has_note(fleet, "brick")
    assert migrate_shops(order()).left_out == []


@pytest.mark.slow
def test_a_run_is_taken_up_with_what_it_left(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick")
    fleet.execute("brick", TWO_OF_A_NAME)
    release(UNIQUE)
    first = migrate_shops(order())
    fleet.execute("brick", "UPDATE categories SET name = slug")

    report = resume_run("last")

    assert (report.run_id, report.state, report.counts) == (first.run_id, "succeeded", {"succeeded": 2})
    assert MigrationRun.objects.count() == 1


def test_a_canary_that_fails_stops_the_run(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick", "clay")
    fleet.execute("brick", TWO_OF_A_NAME)
    release(UNIQUE)

    report = migrate_shops(order(canaries=("brick", "clay"), parallel=1))

    assert (report.state, report.error) == ("stopped", "a canary failed")
    assert states() == {"acme": "pending", "brick": "quarantined", "clay": "pending"}
    assert versions() == dict.fromkeys(("acme", "brick", "clay"), NEWEST)


@pytest.mark.slow
def test_more_failures_than_the_budget_stop_the_run(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick", "clay", "dune")
    for slug in ("acme", "brick"):
        fleet.execute(slug, TWO_OF_A_NAME)
    release(UNIQUE)

    report = migrate_shops(order(error_budget=1, parallel=1))

    assert (report.state, report.error) == ("stopped", "2 shops failed, and the error budget is 1")
    assert states() == {"acme": "quarantined", "brick": "quarantined", "clay": "pending", "dune": "pending"}


def test_a_lock_is_waited_for_shortly_and_asked_for_again(
    fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(fleet, "acme", "brick")
    release(COLUMN)
    with owner(directory.by_slug("acme").database_name) as reader:
        reader.execute("BEGIN; SELECT count(*) FROM products")

        report = migrate_shops(order())

        assert report.counts == {"failed": 1, "succeeded": 1}
        [failure] = report.failures
        assert failure["error"] == "canceling statement due to lock timeout (2 attempts)"
        assert not has_note(fleet, "acme")

        # The reader ends while the run pauses before it tries again.
        again = Crew._again

        def end_the_reader(crew: Any, task: Any) -> None:
            reader.execute("ROLLBACK")
            again(crew, task)

        monkeypatch.setattr(Crew, "_again", end_the_reader)
        assert resume_run("last").counts == {"succeeded": 2}
    assert ShopMigration.objects.get(tenant__slug="acme").attempts == 2


@pytest.mark.usefixtures("refusing_at_once")
def test_a_second_operator_is_refused_and_told_who_is_at_it(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme")
    release(COLUMN)
    with alone(), pytest.raises(MigrationBusy, match="a run begins"):
        migrate_shops(order())
    assert MigrationRun.objects.count() == 0

    def second(outcomes: Any, total: int) -> None:
        with pytest.raises(MigrationBusy) as refused:
            migrate_shops(order())
        running = MigrationRun.objects.get()
        assert str(refused.value) == (
            f"Another process is busy with it: migrating shops (run {running.pk} by process {running.pid} on"
            f" {running.host}, since {running.started_at:%Y-%m-%d %H:%M} UTC)."
        )

    assert migrate_shops(order(), tell=second).counts == {"succeeded": 1}
    assert MigrationRun.objects.count() == 1


@pytest.mark.slow
def test_a_server_that_is_gone_costs_its_own_shops_only(fleet: Fleet, release: Release, settings: Any) -> None:
    from platform_core.fleet.models import DatabaseServer

    make(fleet, "acme", "brick", "clay")
    dead = "postgresql://owner@127.0.0.1:9/postgres"
    settings.DATABASE_SERVERS = {**settings.DATABASE_SERVERS, "elsewhere": {"app": dead, "owner": dead}}
    for key in ("elsewhere", "unheard_of"):
        DatabaseServer.objects.create(key=key)
    fleet.databases.update_tenant("brick", server_id="elsewhere")
    fleet.databases.update_tenant("clay", server_id="unheard_of")
    release(COLUMN)

    report = migrate_shops(order(error_budget=0))

    assert (report.state, report.counts) == ("failed", {"failed": 2, "succeeded": 1})
    errors = {failure["shop"]: failure["error"] for failure in report.failures}
    assert errors["brick"].startswith("The server elsewhere does not answer: ")
    assert errors["clay"] == "The settings know no addresses of the database server unheard_of."
    # It is no fault of the shops: the next run visits them.
    fleet.databases.update_tenant("brick", server_id="primary")
    assert migrate_shops(order(slugs=("brick",))).counts == {"succeeded": 1}


def test_names_that_need_quoting(fleet: Fleet, release: Release) -> None:
    """A database called like a word of SQL, a column with quotes and signs in it, a per cent sign in a statement."""
    fleet.databases.make_shop("order", database_name="order")
    release("""migrations.RunSQL('ALTER TABLE products ADD COLUMN "Größe ""%s"" {x}" text DEFAULT \\'100 %\\'')""")
    try:
        assert migrate_shops(order()).counts == {"succeeded": 1}
        with owner("order") as connection:
            found = connection.execute("""SELECT attname FROM pg_attribute WHERE attname LIKE 'Gr%'""").fetchall()
        assert found == [('Größe "%s" {x}',)]
    finally:
        with owner() as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier("order")))
        del fleet.databases.shops["order"]


def test_a_shop_behind_the_code_is_in_maintenance_until_it_is_migrated(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme")
    release(COLUMN)
    browser = Client(HTTP_HOST="acme.localhost")

    response = browser.get("/robots.txt")
    assert (response.status_code, response["Retry-After"]) == (503, "5")

    migrate_shops(order())
    assert browser.get("/robots.txt").status_code == 200


@pytest.mark.slow
def test_a_shop_may_lag_behind_what_the_code_does_without(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick")
    fleet.databases.update_tenant("brick", schema_version="0001_initial")
    directory.clear()
    release((COLUMN, "shops_may_lag = True", ""))

    assert Client(HTTP_HOST="acme.localhost").get("/robots.txt").status_code == 200
    assert Client(HTTP_HOST="brick.localhost").get("/robots.txt").status_code == 503


@pytest.mark.slow
def test_a_pause_ends_what_was_begun_and_no_more(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick", "clay")
    release(COLUMN)
    pause = Pause()

    report = migrate_shops(order(wave=1, parallel=1), tell=lambda outcomes, total: pause.wish(), pause=pause)

    assert (report.state, report.error) == ("paused", "paused by the operator")
    assert report.counts == {"pending": 2, "succeeded": 1}
    assert resume_run(str(report.run_id)).counts == {"succeeded": 3}


@pytest.mark.slow
def test_shops_that_are_moved_or_were_are_left_to_who_moves_them(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme", "brick")
    fleet.databases.update_tenant("acme", availability="moving")
    release(COLUMN)

    report = migrate_shops(order())
    assert (report.counts, report.state) == ({"failed": 1, "succeeded": 1}, "failed")
    assert not has_note(fleet, "acme")

    # The move ends between the look at the shop and the note: the version noted is not that of the new database.
    fleet.databases.update_tenant("acme", availability="open")
    note = run.ledger.note

    def moved_meanwhile(*args: Any) -> None:
        fleet.databases.update_tenant("acme", epoch=2)
        note(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run.ledger, "note", moved_meanwhile)
        assert resume_run("last").counts == {"succeeded": 2}
    assert versions()["acme"] == NEWEST


@pytest.mark.slow
def test_what_cannot_be_begun_is_refused_with_nothing_changed(fleet: Fleet, release: Release) -> None:
    make(fleet, "acme")
    release(COLUMN)
    with pytest.raises(UnknownShops, match="nobody, nowhere"):
        migrate_shops(order(slugs=("acme", "nowhere"), canaries=("nobody",)))
    for name in ("last", "e3b0c442", "0194fdc2-fa2f-7cc0-81d3-ff12045b73c8"):
        with pytest.raises(UnknownRun):
            resume_run(name)
    assert migrate_shops(order()).counts == {"succeeded": 1}
    MigrationRun.objects.update(schema_digest="of an earlier release")
    with pytest.raises(RunOutdated):
        resume_run("last")
    TemplateVersion.objects.update(script=None)
    with pytest.raises(ScriptMissing):
        migrate_shops(order())
    assert MigrationRun.objects.count() == 1
