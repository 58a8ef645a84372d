"""The import contracts of `pyproject.toml` hold, and each of them catches the breach it is there for."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("smartseller", "platform_core", "tenant_shop")
# Contract, file of the planted breach, its line, what the report names.
BREACHES = [
    (
        "platform-knows-no-shop",
        "platform_core/tenancy/planted.py",
        "import tenant_shop.apps",
        "platform_core.tenancy.planted -> tenant_shop.apps",
    ),
    (
        "platform-knows-no-shop",
        "platform_core/planted/__init__.py",
        "from tenant_shop import models",
        "platform_core.planted -> tenant_shop.models",
    ),
    (
        "shop-knows-four-rooms",
        "tenant_shop/catalog/planted.py",
        "import platform_core.fleet",
        "tenant_shop.catalog.planted -> platform_core.fleet",
    ),
    (
        "shop-knows-four-rooms",
        "tenant_shop/planted/__init__.py",
        "from platform_core import models",
        "tenant_shop.planted -> platform_core.models",
    ),
    (
        "platform-doors-open-onto-rooms",
        "platform_core/tenancy/planted.py",
        "import platform_core.management",
        "platform_core.tenancy is not allowed to import platform_core.management",
    ),
    ("platform-doors-open-onto-rooms", "platform_core/attic/__init__.py", "", "not listed as layers"),
    (
        "shop-doors-open-onto-rooms",
        "tenant_shop/catalog/planted.py",
        "import tenant_shop.storefront",
        "tenant_shop.catalog is not allowed to import tenant_shop.storefront",
    ),
    ("shop-doors-open-onto-rooms", "tenant_shop/attic/__init__.py", "", "not listed as layers"),
    (
        "search-behind-one-interface",
        "tenant_shop/storefront/planted.py",
        "import tenant_shop.catalog.search.postgresql",
        "tenant_shop.storefront.planted -> tenant_shop.catalog.search.postgresql",
    ),
    (
        "frame-words-know-no-app",
        "smartseller/money.py",
        "import platform_core.apps",
        "smartseller.money -> platform_core.apps",
    ),
    (
        "frame-words-know-no-app",
        "smartseller/embedded/planted.py",
        "import tenant_shop.apps",
        "smartseller.embedded.planted -> tenant_shop.apps",
    ),
]


def lint_imports(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as lint; lint()"
    command = [sys.executable, "-P", "-c", code, "--no-logo", "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "migrations", "*.html")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / file
    # The package that the line names, if it is not built yet, and those above the file itself.
    for name in [line.removeprefix("import ").replace(".", "/")] if line.startswith("import ") else []:
        if not (folder / name).is_dir() and not (folder / f"{name}.py").exists():
            (folder / name).mkdir(parents=True)
            (folder / name / "__init__.py").touch()
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name != "__init__.py" and not (path.parent / "__init__.py").exists():
        (path.parent / "__init__.py").touch()
    with path.open("a") as source:
        source.write(f"\n{line}\n")


def test_the_contracts_hold() -> None:
    done = lint_imports(ROOT)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("contract", "file", "line", "named"), BREACHES)
def test_a_planted_breach_is_caught(copy: Path, contract: str, file: str, line: str, named: str) -> None:
    plant(copy, file, line)

    done = lint_imports(copy, "--contract", contract)

    assert done.returncode == 1
    assert named in " ".join(done.stdout.split()), done.stdout + done.stderr


def test_every_contract_has_a_planted_breach() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

    assert {contract["id"] for contract in contracts} == {contract for contract, *_ in BREACHES}
