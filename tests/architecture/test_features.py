"""The list of promises names what exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FEATURES = ROOT / "docs" / "features.md"
LINES = FEATURES.read_text().splitlines()
ROWS = [line for line in LINES if line.startswith("| ") and not line.startswith("| promise")]
BRACES = re.compile(r"^(.*)\{([^}]*)\}(.*)$")


def names_in(cell: str) -> list[str]:
    """What stands in a cell between backticks; `fleet/{a,b}.py` are two names."""
    return [path for name in re.findall(r"`([^`]+)`", cell) for path in written_out(name)]


def written_out(name: str) -> list[str]:
    match = BRACES.match(name)
    return [f"{match[1]}{part}{match[3]}" for part in match[2].split(",")] if match else [name]


def missing_in(cell: str) -> list[str]:
    """The names that mean nothing: a file or folder of the project, of both apps, or one beside the name before it."""
    missing, folder = [], ROOT
    for name in names_in(cell):
        places = [found for start in (ROOT, folder, ROOT / "platform_core") for found in start.glob(name.rstrip("/"))]
        if places:
            folder = places[0].parent
        else:
            missing.append(name)
    return missing


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:60])
def test_every_promise_names_a_place_and_a_test_that_exist(row: str) -> None:
    _, promise, where, test, _ = row.split("|")
    assert promise.strip()
    assert names_in(where)
    assert any(name.startswith(("tests/", "bench/")) for name in names_in(test))
    assert missing_in(where) + missing_in(test) == []
