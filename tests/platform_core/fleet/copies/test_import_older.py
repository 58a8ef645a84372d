"""An archive of an earlier release: the new shop has its rows, and this release's schema."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from psycopg import sql

from platform_core.fleet.allot import allot
from platform_core.fleet.catalogue import read_catalogue
from platform_core.fleet.copies import older
from platform_core.fleet.copies.errors import ArchiveUnusable
from platform_core.fleet.copies.export import ask_for_export, run_export
from platform_core.fleet.copies.import_archive import import_archive
from platform_core.fleet.copies.older import make_database_as_of
from platform_core.fleet.copies.read import opened_archive
from platform_core.fleet.databases import drop_database_in_use
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant
from tenant_shop.configuration.models import Setting
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.models import OutboxEvent
from tests.databases import PREFIX, TEMPLATE, owner
from tests.platform_core.fleet.children import die, in_child
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, Release, release
from tests.shopper import Shopper

__all__ = ["release"]

pytestmark = pytest.mark.slow

OWNER = "new.owner@elsewhere.example"
# Before API keys had their table, which a copy is emptied of.
EARLIER = "0061_found_by_words"
MODEL = f"earlier_{PREFIX}".rstrip("_")
ROWS = (
    "INSERT INTO customers (email, first_name, password_hash) VALUES ('c0@acme.example', 'Ünal', '!')",
    "INSERT INTO settings (key, value) VALUES ('gateway.stripe', '\"sealed for acme\"'), ('greeting', '\"hello\"')",
    "INSERT INTO outbox_events (topic, payload) VALUES ('mail.customer', '{}')",
)


def of_the_earlier_release(connection: OwnerConnection, server: str, database: str, *, version: str) -> None:
    """As `make_database_as_of`, which takes its time: made once, and copied from then on."""
    assert version == EARLIER
    with owner() as superuser:
        if superuser.execute("SELECT FROM pg_database WHERE datname = %s", (MODEL,)).fetchone() is None:
            make_database_as_of(connection, server, MODEL, version=version)
    drop_database_in_use(connection, database)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    connection.execute(statement.format(sql.Identifier(database), sql.Identifier(MODEL)))


@pytest.fixture
def earlier_archive(fleet: Fleet, backups: Path) -> Path:
    """Of the shop `acme`, as a release had it whose newest migration was `EARLIER`."""
    shop = fleet.databases.make_shop("acme")
    with owner_connection("primary") as connection:
        of_the_earlier_release(connection, "primary", shop.database_name, version=EARLIER)
    fleet.databases.write_sentinel(shop.database_name, shop.id)
    allot(Tenant.objects.get())
    for row in ROWS:
        fleet.execute("acme", row)
    path = backups / run_export(ask_for_export(shop.id).pk).location
    with opened_archive(path) as archive:
        assert archive.manifest.schema_version == EARLIER
        assert "api_keys" not in archive.manifest.tables
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(older, "make_database_as_of", of_the_earlier_release)


def catalogue(database: str) -> dict[str, str]:
    with owner(database) as connection:
        return read_catalogue(connection)


def check_taken_in(fleet: Fleet) -> None:
    found = directory.by_slug("again")
    assert (found.status, found.schema_version) == ("active", shop_hooks.schema_version)
    with tenant_context(found):
        assert list(Customer.objects.values_list("email", "first_name")) == [("c0@acme.example", "Ünal")]
        assert set(Setting.objects.filter(key__in=["gateway.stripe", "greeting"]).values_list("key", flat=True)) == {
            "greeting"
        }
        assert OutboxEvent.objects.get().delivered_at is not None
        assert Customer.objects.create(email="later@acme.example").email == "later@acme.example"
    assert catalogue(found.database_name) == catalogue(TEMPLATE)
    assert fleet.names() == {"acme", "again"}
    assert reconcile().findings == []
    assert Shopper("again.localhost").get("/").status_code == 200


def test_rows_of_an_earlier_schema_are_migrated(fleet: Fleet, earlier_archive: Path) -> None:
    import_archive(earlier_archive, slug="again", owner_email=OWNER)

    check_taken_in(fleet)
    [(versions,)] = fleet.execute(
        "again",
        "SELECT array_agg(version ORDER BY version) FROM schema_versions WHERE version BETWEEN '0061' AND '0999'",
    )
    numbers = [name[:4] for name in sorted(later_than(EARLIER))]
    assert versions == ["0061", *numbers]


def later_than(version: str) -> list[str]:
    return [
        migration.name for migration in older.on_disk() if migration.app == "tenant_shop" and migration.name > version
    ]


@pytest.mark.usefixtures("quick")
def test_what_is_one_release_behind_the_template_is_brought_up(
    fleet: Fleet, earlier_archive: Path, release: Release
) -> None:
    release(COLUMN)
    import_archive(earlier_archive, slug="again", owner_email=OWNER)
    assert directory.by_slug("again").schema_version == "9001_of_a_test"
    assert fleet.execute("again", "SELECT email, note FROM customers, products") == []
    assert fleet.execute("again", "SELECT email FROM customers") == [("c0@acme.example",)]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("function", "after"),
    [
        ("make_database_as_of", False),
        ("make_database_as_of", True),
        ("bring_up_to_date", False),
        ("bring_up_to_date", True),
    ],
)
def test_a_kill_on_the_way_is_carried_on_by_the_same_command(
    fleet: Fleet, earlier_archive: Path, function: str, after: bool
) -> None:
    original = getattr(older, function)

    def dying(*args: Any, **kwargs: Any) -> None:
        if after:
            original(*args, **kwargs)
        die()

    def work() -> None:
        with mock.patch.object(older, function, dying):
            import_archive(earlier_archive, slug="again", owner_email=OWNER)

    assert in_child(work) == signal.SIGKILL
    directory.clear()
    assert Tenant.objects.get(slug="again").status == "pending_setup"
    import_archive(earlier_archive, slug="again", owner_email=OWNER)
    check_taken_in(fleet)


def test_rows_that_are_not_of_the_schema_that_they_claim_are_refused_with_nothing_made(
    fleet: Fleet, earlier_archive: Path
) -> None:
    with (
        mock.patch("platform_core.fleet.copies.steps.give_schema"),
        pytest.raises(ArchiveUnusable, match=f"its tables are not those of {EARLIER} \\(the table "),
    ):
        import_archive(earlier_archive, slug="again", owner_email=OWNER)
    assert not Tenant.objects.filter(slug="again").exists()
    assert fleet.names() == {"acme"}
