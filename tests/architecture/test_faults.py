"""The list of faults names tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMED = re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", (ROOT / "docs" / "faults.md").read_text())


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda value: value)
def test_every_fault_names_a_test_that_exists(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / "tests" / file).read_text()


def test_every_row_names_one() -> None:
    rows = [line for line in (ROOT / "docs" / "faults.md").read_text().splitlines() if line.startswith("| ")]
    told = [row for row in rows if not row.startswith("| what |")]
    assert [row for row in told if not re.search(r"::test_\w+`", row)] == []
