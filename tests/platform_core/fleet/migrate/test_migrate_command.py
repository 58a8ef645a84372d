"""The operator's side: what is asked for, what is said, and how it ends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from platform_core.fleet.migrate.models import MigrationRun
from platform_core.fleet.models import SpareDatabase, TemplateVersion
from platform_core.fleet.spares import refill_spares
from platform_core.management.commands import migrate_tenants
from platform_core.tenants.models import Tenant
from tests.databases import SHOP_MODEL, TEMPLATE, drop_database, kept_owner
from tests.databases import _clone as clone_database
from tests.platform_core.fleet.conftest import Fleet
from tests.platform_core.fleet.migrate.conftest import COLUMN, NEWEST, Release

NEXT = "9001_of_a_test"


def run(command: str, *arguments: str) -> tuple[Any, str]:
    """What is printed as JSON, and what was said beside it."""
    out, said = io.StringIO(), io.StringIO()
    call_command(command, *arguments, "--json", stdout=out, stderr=said)
    return json.loads(out.getvalue()), said.getvalue()


def test_a_plan_is_shown_and_then_done(fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate_tenants, "set_up_platform", lambda **values: None)
    for slug in ("acme", "brick"):
        fleet.databases.make_shop(slug)
    fleet.execute("brick", "ALTER TABLE products ADD COLUMN note text")
    release(COLUMN, ("migrations.RunPython(migrations.RunPython.noop)", "atomic = False", ""))

    plan, _ = run("migrate_tenants", "--all", "--plan")

    assert plan == {
        "target": "9002_of_a_test",
        "current": 0,
        "groups": [
            {
                "version": NEWEST,
                "migrations": [
                    {"name": f"tenant_shop.{NEXT}", "needs_python": False, "atomic": True},
                    {"name": "tenant_shop.9002_of_a_test", "needs_python": True, "atomic": False},
                ],
                "shops": ["acme", "brick"],
            }
        ],
        "problems": {},
        "left_out": [],
    }
    assert not MigrationRun.objects.exists()
    assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEWEST}


def test_a_run_that_leaves_a_shop_ends_with_one_and_says_how_to_go_on(
    fleet: Fleet, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate_tenants, "set_up_platform", lambda **values: None)
    fleet.databases.make_shop("acme")
    fleet.databases.make_shop("brick")
    fleet.execute("brick", "ALTER TABLE products ADD COLUMN note text")
    release(COLUMN)
    out, said = io.StringIO(), io.StringIO()

    with pytest.raises(CommandError) as refused:
        call_command("migrate_tenants", "--all", "--canary", "acme", "--json", stdout=out, stderr=said)

    report = json.loads(out.getvalue())
    reason = f'tenant_shop.{NEXT}: column "note" of relation "products" already exists'
    assert report["counts"] == {"quarantined": 1, "succeeded": 1}
    assert report["failures"] == [{"shop": "brick", "state": "quarantined", "error": reason}]
    assert said.getvalue().splitlines() == [
        f"run {report['run_id']}: 2 shops to {NEXT}",
        "canaries: 1 shop",
        "wave 1: 1 shop",
        f"brick: quarantined: {reason}",
    ]
    assert refused.value.returncode == 1
    assert str(refused.value) == (
        f"not every shop is done. Go on with: manage.py migrate_tenants --resume {report['run_id']}"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--all", "--tenant", "acme"],
        ["--all", "--parallel", "0"],
        ["--all", "--lock-timeout", "0"],
        ["--resume", "last", "--plan"],
    ],
)
def test_wrong_usage_begins_nothing(fleet: Fleet, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("migrate_tenants", *arguments)
    assert not MigrationRun.objects.exists()


@pytest.fixture
def template_given_back(worker_databases: Any) -> Iterator[None]:
    """The worker's template is the product's again afterwards: later tests clone it."""
    yield
    drop_database(TEMPLATE)
    clone_database(kept_owner(), SHOP_MODEL, TEMPLATE)


@pytest.mark.slow
@pytest.mark.usefixtures("template_given_back")
def test_a_release_from_the_template_to_the_last_shop(fleet: Fleet, release: Release) -> None:
    for slug in ("acme", "brick", "clay"):
        fleet.databases.make_shop(slug)
    refill_spares("primary")
    release(COLUMN)
    TemplateVersion.objects.update(schema_digest="of the earlier release", version=NEWEST)
    spares = set(SpareDatabase.objects.values_list("name", flat=True))
    assert len(spares) == 2

    report, said = run("migrate_tenants", "--all", "--canary", "clay", "--wave", "1")

    assert (report["state"], report["target"], report["counts"]) == ("succeeded", NEXT, {"succeeded": 3})
    assert "canaries: 1 shop\nwave 1: 1 shop\nwave 2: 1 shop" in said
    template = TemplateVersion.objects.get(is_current=True)
    assert (template.version, template.script[-1]["statements"]) == (
        NEXT,
        ["ALTER TABLE products ADD COLUMN note text"],
    )
    made = list(SpareDatabase.objects.values_list("name", "template_id"))
    assert len(made) == 2
    assert {template_id for _, template_id in made} == {template.pk}
    assert not spares & {name for name, _ in made}

    status, _ = run("fleet_status")
    assert (status["shops"], status["findings"]) == ({NEXT: 3}, [])
    back, _ = run("rollback_tenants", "--all", "--to", NEWEST, "--yes")
    assert back["counts"] == {"succeeded": 3}
    assert set(Tenant.objects.values_list("schema_version", flat=True)) == {NEWEST}
