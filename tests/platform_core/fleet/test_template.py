"""The template: built when the migrations changed, swapped whole, never half-migrated."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_core.fleet import template
from platform_core.fleet.errors import FleetBusy, TemplateMissing
from platform_core.fleet.migrate.script import on_disk
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.template import current_template, ensure_template, schema_digest
from platform_core.tenancy.hooks import shop_hooks
from tests.databases import PREFIX, TEMPLATE, owner
from tests.platform_core.fleet.conftest import Fleet


def test_an_unchanged_template_is_not_built_again(fleet: Fleet) -> None:
    before = TemplateVersion.objects.get()
    assert ensure_template("primary") == (before, False)
    assert fleet.names() == set()


@pytest.mark.slow
def test_a_changed_migration_builds_a_new_template(fleet: Fleet) -> None:
    TemplateVersion.objects.update(schema_digest="of other migrations")
    said: list[str] = []

    built, is_new = ensure_template("primary", say=said.append)

    assert is_new
    assert said == [f"building the template {TEMPLATE} on primary"]
    assert current_template("primary") == built
    assert (built.version, built.schema_digest) == (shop_hooks.schema_version, schema_digest())
    assert TemplateVersion.objects.filter(is_current=False).count() == 1
    assert fleet.names() == set()
    [(connectable, privileges)] = fleet.execute(
        "platform", "SELECT datallowconn, datacl::text FROM pg_database WHERE datname = %s", TEMPLATE
    )
    assert connectable is False
    assert privileges == "{smartseller_owner=CTc/smartseller_owner,smartseller_app=c/smartseller_owner}"
    with owner() as connection:  # it lets nobody in, and a look inside is wanted
        connection.execute(f'ALTER DATABASE "{TEMPLATE}" ALLOW_CONNECTIONS true')
    tables = {row[0] for row in fleet.execute("tenant_template", "SELECT tablename FROM pg_tables")}
    assert built.catalogue.keys() >= {f"table {name}" for name in ("products", "orders", "django_session")}
    keys = [f"{migration['app']}.{migration['name']}" for migration in built.script]
    assert keys == [migration.key for migration in on_disk()]
    [(noted,)] = fleet.execute("tenant_template", "SELECT description FROM schema_versions WHERE version <> '1.0.0'")
    assert noted == f"tenant_shop.{shop_hooks.schema_version}"
    assert {"products", "orders", "tenant_sentinel", "django_session"} <= tables
    assert not {"tenants", "platform_users", "auth_permission"} & tables


def test_a_failed_building_leaves_the_earlier_template(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(server: str, database: str) -> None:
        raise RuntimeError("a migration failed")

    before = TemplateVersion.objects.get()
    monkeypatch.setattr(template, "_migrate", fail)
    with pytest.raises(RuntimeError):
        ensure_template("primary", rebuild=True)
    assert TemplateVersion.objects.get() == before
    assert fleet.names() == set()


def test_only_one_process_builds(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "BUILDING_WAIT_SECONDS", 0)
    with owner_connection("primary") as other, only_one(other, template.WORK), pytest.raises(FleetBusy):
        ensure_template("primary", rebuild=True)
    assert fleet.names() == set()


def test_a_server_without_template_says_what_to_do(fleet: Fleet) -> None:
    TemplateVersion.objects.all().delete()
    with pytest.raises(TemplateMissing, match="is missing on the server primary"):
        current_template("primary")


def test_the_digest_follows_the_text_of_the_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migration = tmp_path / "0001_initial.py"
    monkeypatch.setattr(template, "_migrations_of", lambda label: [*tmp_path.iterdir()])
    migration.write_text("one")
    first = schema_digest()
    migration.write_text("two")
    second = schema_digest()
    migration.rename(migration.with_name("0001_other.py"))
    assert len({first, second, schema_digest()}) == 3
    assert PREFIX not in first
