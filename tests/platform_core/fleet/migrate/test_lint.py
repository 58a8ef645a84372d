"""A migration that would hold shoppers up is caught before it is released."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from platform_core.fleet.migrate.lint import Policy, complaints, read_policy
from platform_core.fleet.migrate.script import MigrationScript, on_disk

INDEX = MigrationScript(
    app="tenant_shop",
    name="9001_index",
    atomic=True,
    needs_python=False,
    statements=("CREATE INDEX by_note ON products (note)",),
)
RULE = "require-concurrent-index-creation"
POLICY = read_policy(Path(settings.BASE_DIR) / ".ci" / "migrations.toml")
# What is excepted of migrations that are not looked at here would be complained of.
RULES = replace(POLICY, exceptions={})


def found(*script: MigrationScript, policy: Policy = RULES) -> list[tuple[str, str]]:
    return [(complaint.migration, complaint.rule) for complaint in complaints(script, policy)]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("CREATE INDEX by_note ON products (note)", RULE),
        ("ALTER TABLE products ADD COLUMN note text NOT NULL", "adding-required-field"),
        ("ALTER TABLE products RENAME COLUMN name TO title", "renaming-column"),
        ("ALTER TABLE products DROP COLUMN name", "ban-drop-column"),
        ("ALTER TABLE products ALTER COLUMN name TYPE integer USING 1", "changing-column-type"),
    ],
)
def test_what_stops_or_breaks_the_running_release_is_caught(statement: str, rule: str) -> None:
    assert (INDEX.key, rule) in found(replace(INDEX, statements=(statement,)))


def test_what_adds_is_let_pass() -> None:
    table = "CREATE TABLE notes (id uuid PRIMARY KEY, text varchar(20) NOT NULL)"
    in_new_table = replace(INDEX, statements=(table, "CREATE INDEX by_text ON notes (text)"))
    beside = replace(INDEX, atomic=False, statements=('CREATE INDEX CONCURRENTLY "by_note" ON products (note)',))
    column = replace(INDEX, statements=("ALTER TABLE products ADD COLUMN note text",))
    assert found(in_new_table, beside, column, replace(INDEX, statements=())) == []


def test_an_exception_lets_one_rule_of_one_migration_pass_and_is_complained_of_when_it_is_over() -> None:
    excepted = replace(POLICY, exceptions={INDEX.key: {RULE: "a few rows in every shop"}})
    assert found(INDEX, policy=excepted) == []
    assert found(replace(INDEX, name="9002_other"), policy=excepted) == [
        ("tenant_shop.9002_other", RULE),
        (INDEX.key, RULE),
    ]


def test_migrations_of_the_first_release_are_not_looked_at() -> None:
    assert found(replace(INDEX, name="0001_initial")) == []


def test_the_policy_speaks_of_migrations_that_exist_and_gives_reasons() -> None:
    keys = {migration.key for migration in on_disk()}
    assert f"tenant_shop.{POLICY.first_release['tenant_shop']}" in keys
    assert all(key in keys or key.startswith("platform_core.") for key in POLICY.exceptions)
    reasons = [
        *POLICY.rules_left_out.values(),
        *(text for rules in POLICY.exceptions.values() for text in rules.values()),
    ]
    assert all(len(reason.split()) >= 4 for reason in reasons)
