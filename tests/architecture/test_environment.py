"""Every variable that the settings read is explained, and production is safe as it comes."""

import ast
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = sorted((ROOT / "smartseller" / "settings").glob("*.py"))
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "smartseller.settings.production",
    "DATABASE_URL": "postgresql://app@database.invalid/platform",
    "REDIS_URL": "redis://redis.invalid/0",
    "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
}


def variables_read_by_settings() -> set[str]:
    """Names given to `env.<type>(…)`; the changing part of a name made from a value is written `<KEY>`."""
    found = set()
    for path in SETTINGS:
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.args
            ):
                match node.args[0]:
                    case ast.Constant(value=str(name)):
                        found.add(name)
                    case ast.JoinedStr(values=parts):
                        found.add("".join(part.value if isinstance(part, ast.Constant) else "<KEY>" for part in parts))
    return found


def variables_explained() -> dict[str, str]:
    """Variable → the comment above it. `# NAME=value` is a variable that has a default, `NAME=value` one without."""
    explained, comment = {}, ""
    for line in (ROOT / ".env.example").read_text().splitlines():
        if found := re.match(r"#? ?([A-Z][A-Z0-9_<>]*)=", line):
            explained[found[1]] = comment
        elif line.startswith("#"):
            comment += line.removeprefix("#").strip() + " "
        else:
            comment = ""
    return explained


def production(*arguments: str, **environment: str | None) -> "subprocess.CompletedProcess[str]":
    given = {**PRODUCTION, **environment}
    kept = {name: value for name, value in os.environ.items() if name not in variables_read_by_settings()}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **{name: value for name, value in given.items() if value is not None}},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_settings_read_exactly_what_the_example_explains() -> None:
    read = variables_read_by_settings() - {"env"}

    assert read - set(variables_explained()) == set(), "read by the settings, missing in .env.example"
    assert set(variables_explained()) - read == set(), "in .env.example, read by no settings"


def test_every_variable_has_an_explanation() -> None:
    assert [name for name, comment in variables_explained().items() if len(comment.split()) < 4] == []


def test_production_passes_the_deployment_checks() -> None:
    done = production("check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (0 silenced).\n"


@pytest.mark.parametrize("variable", ["DATABASE_URL", "DJANGO_SECRET_KEY"])
def test_production_does_not_start_without_its_secrets_and_says_which(variable: str) -> None:
    done = production("check", **{variable: None})

    assert done.returncode == 1
    assert variable in done.stderr
    assert done.stderr.count("\n") == 1
