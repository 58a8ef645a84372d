"""Requests and tasks may go through PgBouncer in transaction mode: no code relies on what a session remembers.

At run time a shop's connection refuses such statements (`SessionStateRefused`); here the source is read, so that one
that no test happens to run is found as well. What leads to a server directly, as the owner, is listed with the reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from platform_core.tenancy.postgresql.base import _leaves_traces

TOP = Path(__file__).parents[2]
SESSION_STATE = re.compile(
    r"""pg_(try_)?advisory_(un)?lock(_shared)?\s*\(
    | set_config\([^)]*,\s*false\s*\)
    | (?:\A|;)\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)[\w.]+\s*(=|\bTO\b)
    | (?:\A|;)\s*(LISTEN|UNLISTEN|PREPARE|EXECUTE|DECLARE|DISCARD)\s+\w
    | CREATE\s+(LOCAL\s+)?TEMP(ORARY)?\s""",
    re.VERBOSE,
)
# As the owner, whose addresses never lead to PgBouncer.
DIRECT = {
    "platform_core/fleet/backups/contents.py": "reads the shop's database as it is dumped",
    "platform_core/fleet/migrate/child.py": "runs migrations",
    "platform_core/fleet/moves/follow.py": "waits for the disk while a shop moves",
    "platform_core/fleet/servers.py": "one process at a time, on the server itself",
    "platform_core/fleet/watch/one.py": "asks a server about a shop's database",
    "platform_core/fleet/watch/servers.py": "asks the servers about themselves",
    "tenant_shop/configuration/custom_fields/index.py": "makes indexes as the owner",
    "tenant_shop/imports/turn.py": "one import at a time; its connection is the owner's",
}
RESET = {
    "platform_core/tenancy/postgresql/connection.py": "resets a session that was changed, which only direct ones are"
}


def texts(path: Path) -> Iterator[str]:
    """The strings of a file, those with gaps included, but for its docstrings."""
    tree = ast.parse(path.read_text())
    said = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def sources() -> Iterator[Path]:
    for folder in ("platform_core", "tenant_shop", "smartseller"):
        for path in sorted((TOP / folder).rglob("*.py")):
            if "migrations" not in path.parts and "embedded" not in path.parts:
                yield path


def test_only_what_leads_to_a_server_directly_relies_on_its_session() -> None:
    found = {
        str(path.relative_to(TOP)) for path in sources() if any(SESSION_STATE.search(text) for text in texts(path))
    }
    assert found - set(RESET) == set(DIRECT)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_try_advisory_lock(1)",
        "SELECT set_config('lock_timeout', '1s', false)",
        "SET statement_timeout = 0",
        "SET search_path TO x",
        "LISTEN news",
        "PREPARE one AS SELECT 1",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "CREATE TEMP TABLE t (a int)",
    ],
)
def test_a_planted_breach_is_found(statement: str) -> None:
    assert SESSION_STATE.search(statement)
    assert _leaves_traces(statement)  # and one that is put together where no source shows it is refused as it is sent


@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL lock_timeout = '1s'",
        "SELECT set_config('lock_timeout', %s, true)",
        "SELECT pg_advisory_xact_lock(1)",
        "UPDATE products SET name = 'x'",
    ],
)
def test_what_ends_with_its_transaction_is_none(statement: str) -> None:
    assert not SESSION_STATE.search(statement)
    assert not _leaves_traces(statement)


def test_no_statement_is_prepared_on_the_server_and_no_cursor_is_kept_there() -> None:
    default = connections["default"].settings_dict
    assert "prepare_threshold" not in default["OPTIONS"]
    assert not default["OPTIONS"].get("server_side_binding")
    assert default["DISABLE_SERVER_SIDE_CURSORS"] is settings.DATABASE_BEHIND_PGBOUNCER  # or PgBouncer would lose them
