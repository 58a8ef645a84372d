"""Celery and the admin look into one module of an app only: it must import every room that has something for them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEFINES = {
    "tasks": re.compile(r"^@shared_task\b", re.MULTILINE),
    "admin": re.compile(r"^@admin\.register\b", re.MULTILINE),
}


def defining_modules(app: str, index: str) -> set[str]:
    """The modules of `app` whose text defines a task, or registers a page."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in (ROOT / app).rglob("*.py")
        if DEFINES[index].search(path.read_text())
    }


def imported_modules(app: str, index: str) -> set[str]:
    """The modules that the app's index imports, itself or a name of theirs."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / app / f"{index}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names}
    return found


@pytest.mark.parametrize("app", ["platform_core", "tenant_shop"])
@pytest.mark.parametrize("index", ["tasks", "admin"])
def test_the_index_imports_every_module_that_defines_something_for_it(app: str, index: str) -> None:
    defining = defining_modules(app, index)

    assert defining, "the pattern finds nothing any more"
    assert defining - imported_modules(app, index) == set()
