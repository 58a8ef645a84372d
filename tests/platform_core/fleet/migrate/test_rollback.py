"""The way back: what a migration made is gone, with its rows; what has no way back is refused before it is touched."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from platform_core.fleet.migrate import rollback
from platform_core.fleet.migrate.errors import NotReversible, UnknownMigration
from platform_core.fleet.migrate.models import MigrationRun
from platform_core.fleet.migrate.rollback import roll_back_shops, to_be_undone
from platform_core.fleet.migrate.run import migrate_shops
from platform_core.fleet.models import TemplateVersion
from platform_core.tenants.models import Tenant
from tests.databases import PREFIX, owner
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release, order

MORE = "migrations.RunSQL('ALTER TABLE products ADD COLUMN more text', 'ALTER TABLE products DROP COLUMN more')"
ONE_WAY = "migrations.RunSQL('ALTER TABLE products ADD COLUMN more text')"
COLUMNS = "SELECT attname FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname IN ('note', 'more')"


@pytest.fixture(autouse=True)
def template_at_the_release(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way back is rehearsed on a copy of the template, which in these tests is what `release` migrated."""

    def newest(server: str) -> TemplateVersion:
        found = TemplateVersion.objects.get()
        found.database_name = f"{PREFIX}rehearsal"
        return found

    monkeypatch.setattr(rollback, "current_template", newest)


def test_shops_go_back_with_their_rows_and_forward_again(fleet: Fleet, release: Release) -> None:
    for slug in ("acme", "brick"):
        fleet.databases.make_shop(slug)
    release(COLUMN, MORE)
    migrate_shops(order())
    assert to_be_undone(NEWEST[:4]) == ["9002_of_a_test", "9001_of_a_test"]

    report = roll_back_shops(order(slugs=("acme",)), to=NEWEST[:4])

    assert (report.kind, report.target, report.counts) == ("roll_back", NEWEST, {"succeeded": 1})
    assert fleet.execute("acme", COLUMNS) == []
    assert len(fleet.execute("brick", COLUMNS)) == 2
    assert dict(Tenant.objects.values_list("slug", "schema_version")) == {"acme": NEWEST, "brick": "9002_of_a_test"}
    assert fleet.execute("acme", "SELECT count(*) FROM django_migrations WHERE name LIKE '900%%'") == [(0,)]
    assert fleet.execute(
        "acme", "SELECT description FROM schema_versions WHERE version = '9001' ORDER BY applied_at"
    ) == [
        ("tenant_shop.9001_of_a_test",),
        ("tenant_shop.9001_of_a_test, taken back",),
    ]
    assert fleet.names() == {"acme", "brick", "rehearsal"}
    assert roll_back_shops(order(slugs=("acme",)), to=NEWEST).counts == {"current": 1}
    assert migrate_shops(order()).counts == {"current": 1, "succeeded": 1}
    assert len(fleet.execute("acme", COLUMNS)) == 2


def test_what_has_no_way_back_is_refused_before_it_is_touched(fleet: Fleet, release: Release) -> None:
    fleet.databases.make_shop("acme")
    release(COLUMN, ONE_WAY)
    migrate_shops(order())
    with pytest.raises(NotReversible, match="9002_of_a_test cannot be taken back"):
        roll_back_shops(order(), to=NEWEST)
    with pytest.raises(CommandError, match="no shop to migrate called nosuch"):
        call_command("rollback_tenants", "--to", "9002", "--tenant", "nosuch")
    for name in ("0000_nothing", "900"):
        with pytest.raises(UnknownMigration):
            roll_back_shops(order(), to=name)
    assert MigrationRun.objects.count() == 1
    assert len(fleet.execute("acme", COLUMNS)) == 2
    with owner(f"{PREFIX}acme") as connection:
        assert connection.execute("SELECT count(*) FROM schema_versions WHERE version = '9002'").fetchone() == (1,)
