"""A next release: migrations of the tests' own after the product's, as the code would bring them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from platform_core.fleet.catalogue import read_catalogue
from platform_core.fleet.migrate.choose import MigrationOrder
from platform_core.fleet.migrate.script import Script, as_json, leaves, on_disk, recorded
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.template import schema_digest
from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.versions import schema_versions
from tests.databases import PREFIX, owner
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.conftest import fleet as fleet

# No pause, and locks that are waited for no longer than it takes to see that they are held.
QUICK = {"pause": 0.001, "lock_timeout": 0.05, "retries": 1, "parallel": 2}
# The newest migration of the product, before any release of a test.
NEWEST = schema_versions("tenant_shop").newest

MIGRATION = """
from django.db import migrations, models
from django.contrib.postgres import operations as postgresql

{rest}


class Migration(migrations.Migration):
    dependencies = [("tenant_shop", "{after}")]
    {marks}
    operations = [{operations}]
"""
# The product's migrations are found under this name, too, and not read a second time when they were before.
PACKAGE = """
import sys
import tenant_shop.migrations

__path__ = [*tenant_shop.migrations.__path__, *__path__]
for name, module in list(sys.modules.items()):
    if name.startswith("tenant_shop.migrations."):
        sys.modules[f"{__name__}.{name.rpartition('.')[2]}"] = module
"""
SETTINGS = """
from smartseller.settings.test import *

MIGRATION_MODULES = {{"tenant_shop": "{package}"}}
"""
COLUMN = "migrations.RunSQL('ALTER TABLE products ADD COLUMN note text', 'ALTER TABLE products DROP COLUMN note')"

Release = Callable[..., Script]


def order(**values: Any) -> MigrationOrder:
    return MigrationOrder(**{**QUICK, **values})


@pytest.fixture
def release(fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Release]:
    """Release migrations, in order: `release(COLUMN, …)`; a tuple adds marks to the class, and code to the module.

    Their SQL is recorded as the building of a template would, on a copy of the earlier one.
    """
    package = f"release_{uuid4().hex}"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text(PACKAGE)
    (tmp_path / f"settings_of_{package}.py").write_text(SETTINGS.format(package=package))
    monkeypatch.syspath_prepend(str(tmp_path))
    # Child processes find the same release.
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", f"settings_of_{package}")

    def make(*migrations: str | tuple[str, str, str]) -> Script:
        after = NEWEST
        for number, migration in enumerate(migrations, start=9001):
            operations, marks, rest = (migration, "", "") if isinstance(migration, str) else migration
            name = f"{number}_of_a_test"
            (folder / f"{name}.py").write_text(
                MIGRATION.format(after=after, operations=operations, marks=marks, rest=rest)
            )
            after = name
        settings.MIGRATION_MODULES = {"tenant_shop": package}
        versions = schema_versions("tenant_shop")
        monkeypatch.setattr(shop_hooks, "schema_version", versions.newest)
        monkeypatch.setattr(shop_hooks, "oldest_schema_version", versions.oldest)
        script, catalogue = _rehearsed(fleet)
        TemplateVersion.objects.update(
            schema_digest=schema_digest(), script=as_json(script), catalogue=catalogue, version=versions.newest
        )
        return script

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def _rehearsed(fleet: Fleet) -> tuple[Script, dict[str, str]]:
    fleet.make_database("rehearsal")
    with owner_alias("primary", f"{PREFIX}rehearsal") as alias:
        found = recorded(alias, leaves(MigrationLoader(None)))
        connections[alias].close()
    with owner(f"{PREFIX}rehearsal") as connection:
        catalogue = read_catalogue(connection)
    new = {migration.key: migration for migration in found}
    script = tuple(
        replace(migration, statements=new[migration.key].statements) if migration.key in new else migration
        for migration in on_disk()
    )
    return script, catalogue
