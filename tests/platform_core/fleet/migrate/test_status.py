"""What is not as it should be is found, and what is, is not complained of."""

from __future__ import annotations

import os
import subprocess
from uuid import uuid4

import pytest
from django.conf import settings

from platform_core.fleet.migrate.models import ShopMigration
from platform_core.fleet.migrate.run import migrate_shops
from platform_core.fleet.status import FleetStatus, fleet_status
from smartseller import embedded
from tests.databases import PREFIX
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release, order

NEXT = "9001_of_a_test"


def findings(status: FleetStatus) -> list[tuple[str, str, str]]:
    return [(finding.shop, finding.kind, finding.detail) for finding in status.findings]


def test_shops_that_lag_or_differ_or_cannot_be_read_are_listed(fleet: Fleet, release: Release) -> None:
    for slug in ("acme", "brick", "clay", "dune"):
        fleet.databases.make_shop(slug)
    release(COLUMN)
    fleet.databases.update_tenant("dune", status="cancelled")
    migrate_shops(order(slugs=("acme", "brick")))
    fleet.databases.update_tenant("brick", schema_version=NEWEST)
    fleet.execute(
        "acme",
        "DROP INDEX idx_orders_status; ALTER TABLE products ADD COLUMN mine int;"
        " ALTER TABLE products ALTER COLUMN note SET DEFAULT 'x'",
    )
    # An index of a merchant's custom field is the shop's own.
    fleet.execute("acme", f"CREATE INDEX custom_product_{uuid4().hex} ON products ((sku || name))")

    status = fleet_status()

    assert (status.schema, status.served_from, status.visited) == (NEXT, NEXT, 3)
    assert status.shops == {NEWEST: 2, NEXT: 1}
    assert status.templates == {"primary": NEXT}
    assert findings(status) == [
        (
            "acme",
            "drift",
            "lacks index idx_orders_status; has besides column products.mine; has otherwise column products.note",
        ),
        ("brick", "lagging", f"at {NEWEST}, in maintenance"),
        ("brick", "misjudged", f"has {NEXT}, and the platform believes {NEWEST}"),
        ("clay", "lagging", f"at {NEWEST}, in maintenance"),
    ]
    assert status.last_run is not None
    assert status.last_run.counts == {"succeeded": 2}

    # The next run finds out what the shop has, and says so to the platform.
    migrate_shops(order())
    assert [finding[:2] for finding in findings(fleet_status())] == [("acme", "drift")]
    fleet.execute("clay", "DROP TABLE tenant_sentinel")
    unreadable = 'The database of clay is not its own: relation "tenant_sentinel" does not exist.'
    assert findings(fleet_status())[1:] == [("clay", "unreadable", unreadable)]
    assert findings(fleet_status(visit=False)) == []


@pytest.mark.slow
def test_a_shop_in_quarantine_is_listed_with_its_reason(fleet: Fleet, release: Release) -> None:
    fleet.databases.make_shop("acme")
    fleet.execute("acme", "ALTER TABLE products ADD COLUMN note text")
    release(COLUMN)
    migrate_shops(order())
    assert ShopMigration.objects.get().state == "quarantined"
    reason = f'tenant_shop.{NEXT}: column "note" of relation "products" already exists'
    assert findings(fleet_status(visit=False)) == [
        ("acme", "lagging", f"at {NEWEST}, in maintenance"),
        ("acme", "quarantined", reason),
    ]


@pytest.mark.slow
def test_a_restored_database_does_not_differ(fleet: Fleet, release: Release) -> None:
    """What PostgreSQL prints of an expression is not to the letter what it printed before a dump."""
    fleet.databases.make_shop("acme")
    release()
    assert settings.EMBEDDED is not None
    conninfo = settings.EMBEDDED.conninfo(embedded.SUPERUSER, f"{PREFIX}acme")
    dump = subprocess.run([embedded.postgres_binary("pg_dump"), conninfo], capture_output=True, check=True).stdout
    fleet.make_database("restored", template="template0")
    target = settings.EMBEDDED.conninfo(embedded.SUPERUSER, f"{PREFIX}restored")
    psql = [embedded.postgres_binary("psql"), "--quiet", "--set=ON_ERROR_STOP=1", target]
    subprocess.run(psql, input=dump, check=True, stdout=subprocess.DEVNULL, env=os.environ)
    fleet.databases.update_tenant("acme", database_name=f"{PREFIX}restored")

    assert findings(fleet_status()) == []
