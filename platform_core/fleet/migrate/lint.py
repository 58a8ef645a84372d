"""What squawk says of the SQL of new migrations, but for what `.ci/migrations.toml` lets pass with a reason."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_core.fleet.migrate.script import MigrationScript

OLDEST_POSTGRESQL = "15.0"
SQUAWK = Path(sys.executable).with_name("squawk")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """`first_release` names the newest migration of each app that is not looked at; both others map to reasons."""

    first_release: Mapping[str, str] = field(default_factory=dict)
    rules_left_out: Mapping[str, str] = field(default_factory=dict)
    exceptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A finding that nobody explained, or an explanation of what is not found any more."""

    migration: str
    rule: str
    detail: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule}: {self.detail}"


def read_policy(path: Path) -> Policy:
    """Errors: TypeError for a section that is none; tomllib.TOMLDecodeError."""
    return Policy(**tomllib.loads(path.read_text()))


def complaints(script: Iterable[MigrationScript], policy: Policy) -> list[Complaint]:
    """What is wrong with the migrations of `script` that came after the first release.

    Errors: FileNotFoundError when squawk is not installed.
    """
    found: list[Complaint] = []
    used: set[tuple[str, str]] = set()
    for migration in script:
        if migration.name <= policy.first_release.get(migration.app, ""):
            continue
        for finding in _squawk(migration):
            rule = finding["rule_name"]
            if rule in policy.rules_left_out:
                continue
            if rule in policy.exceptions.get(migration.key, {}):
                used.add((migration.key, rule))
                continue
            found.append(Complaint(migration=migration.key, rule=rule, detail=finding["message"]))
    explained = {(key, rule) for key, rules in policy.exceptions.items() for rule in rules}
    found += [
        Complaint(migration=key, rule=rule, detail="excepted, and not found") for key, rule in sorted(explained - used)
    ]
    return found


def _squawk(migration: MigrationScript) -> list[dict[str, Any]]:
    statements = ";\n".join(statement.rstrip().rstrip(";") for statement in migration.statements)
    if not statements:
        return []
    command = [str(SQUAWK), "--reporter", "json", "--pg-version", OLDEST_POSTGRESQL, "--stdin-filepath", migration.key]
    if migration.atomic:
        command.append("--assume-in-transaction")
    done = subprocess.run(command, input=f"{statements};\n", capture_output=True, text=True, check=False)
    # 1: it found something.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"squawk could not read {migration.key}: {done.stderr.strip()}")
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return findings
