"""What is written down of a statement that took too long."""

from time import perf_counter
from typing import Any

import pytest

from platform_core.tenancy.postgresql.slow import LONGEST, note_if_slow


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ("SELECT 1\n  FROM orders", "SELECT 1 FROM orders"),
        ("SELECT a FROM b WHERE c IN (%s, %s, %s) AND d = %s", "SELECT a FROM b WHERE c IN (%s, …) AND d = %s"),
        (f"INSERT INTO a (b, c) VALUES {', '.join(['(%s, %s::text[])'] * 1000)}",
         "INSERT INTO a (b, c) VALUES (%s, %s::text[]), …"),
        ("SELECT " + "x" * 3000, ("SELECT " + "x" * 3000)[:LONGEST]),
    ],
)  # fmt: skip
def test_places_that_repeat_are_told_once(
    statement: str, written: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SLOW_STATEMENT_MS = 1
    note_if_slow(perf_counter() - 2, statement, "shop")
    (record,) = caplog.records
    assert record.statement == written  # type: ignore[attr-defined]
