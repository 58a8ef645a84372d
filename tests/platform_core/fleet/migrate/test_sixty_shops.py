"""One of many shops refuses its migration: what is promised of the others holds, and the run is finished later."""

from __future__ import annotations

import pytest

from platform_core.fleet.migrate.models import MigrationRun, ShopMigration
from platform_core.fleet.migrate.run import RunReport, migrate_shops, resume_run
from platform_core.fleet.reconcile import reconcile
from platform_core.tenants.models import Tenant
from tests.databases import PREFIX
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release, order, release

__all__ = ["release"]

pytestmark = pytest.mark.slow

SHOPS = [f"shop-{number:02}" for number in range(60)]
BAD = SHOPS[30]
UNIQUE = "migrations.RunSQL('CREATE UNIQUE INDEX one_name ON categories (name)')"
NEXT = "9002_of_a_test"


@pytest.fixture
def sixty(fleet: Fleet, release: Release) -> Fleet:
    for slug in SHOPS:
        fleet.databases.make_shop(slug)
    fleet.execute(of(BAD), "INSERT INTO categories (name, slug) VALUES ('Tea', 'tea'), ('Tea', 'tea-2')")
    release(COLUMN, UNIQUE)
    return fleet


def of(slug: str) -> str:
    return slug.replace("-", "_")


def times_migrated(fleet: Fleet, slug: str) -> int:
    """How often the shop's own books say that it was; nothing half."""
    [(rows,)] = fleet.execute(of(slug), "SELECT count(*) FROM schema_versions WHERE version IN ('9001', '9002')")
    [(there,)] = fleet.execute(
        of(slug),
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname = 'note'"
        " AND to_regclass('one_name') IS NOT NULL",
    )
    assert rows == 2 * there
    return int(there)


def by_state() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for slug, state in ShopMigration.objects.values_list("tenant__slug", "state"):
        found.setdefault(state, set()).add(slug)
    return found


def mended(fleet: Fleet) -> RunReport:
    fleet.execute(of(BAD), "UPDATE categories SET name = slug")
    return resume_run("last")


def finished(fleet: Fleet, report: RunReport) -> None:
    assert (report.state, report.counts) == ("succeeded", {"succeeded": 60})
    assert MigrationRun.objects.count() == 1
    assert {times_migrated(fleet, slug) for slug in SHOPS} == {1}
    assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEXT}
    assert [found.database for found in reconcile().findings] == [f"{PREFIX}rehearsal"]  # the test's own


def test_within_the_budget_the_fifty_nine_others_are_done_and_it_is_as_it_was(sixty: Fleet) -> None:
    report = migrate_shops(order(canaries=("shop-07", "shop-55"), wave=10, error_budget=3))

    assert (report.state, report.error) == ("failed", "not every shop is done")
    assert by_state() == {"succeeded": set(SHOPS) - {BAD}, "quarantined": {BAD}}
    assert times_migrated(sixty, BAD) == 0
    assert Tenant.objects.get(slug=BAD).schema_version == NEWEST
    finished(sixty, mended(sixty))


def test_without_a_budget_nobody_after_it_is_touched(sixty: Fleet) -> None:
    report = migrate_shops(order(wave=10, parallel=1, error_budget=0))

    assert (report.state, report.error) == ("stopped", "1 shop failed, and the error budget is 0")
    assert by_state() == {"succeeded": set(SHOPS[:30]), "quarantined": {BAD}, "pending": set(SHOPS[31:])}
    assert {times_migrated(sixty, slug) for slug in SHOPS[30:]} == {0}
    # Taken up without being mended it is met again, and stops the run again.
    assert resume_run("last").state == "stopped"
    assert by_state()["pending"] == set(SHOPS[31:])
    finished(sixty, mended(sixty))


def test_as_a_canary_it_stops_the_run_before_any_other_is_touched(sixty: Fleet) -> None:
    report = migrate_shops(order(canaries=(BAD, SHOPS[59]), wave=10, parallel=1, error_budget=60))

    assert (report.state, report.error) == ("stopped", "a canary failed")
    assert by_state() == {"quarantined": {BAD}, "pending": set(SHOPS) - {BAD}}
    assert {times_migrated(sixty, slug) for slug in SHOPS} == {0}
    finished(sixty, mended(sixty))
