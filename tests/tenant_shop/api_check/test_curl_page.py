"""The page of examples, sent as it stands there."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from platform_core.tenancy.context import tenant_context
from tests.browser import ROOT, Site
from tests.programs import key_of, publishable_key
from tests.shopping import configure
from tests.tenant_shop.api_check.shop import EVERYTHING

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "api" / "examples.md"
EXAMPLE = re.compile(r"```sh\n(?P<command>.+?)```\n\n(?P<said>Answered with `(?P<status>\d{3})`[^\n]*)", re.DOTALL)
# `variants.0.id` is `VARIANT_ID`: in capitals something to go on with, else what it must be.
FOUND = re.compile(r"`([a-z_.0-9]+)` is `(\w+)`")
# Beside what a command says: quiet, and the status at the end.
HOW = 'silent\nshow-error\nwrite-out = "\\n%{http_code}"\n'


def test_every_command_of_the_page_is_answered_as_the_page_says(make_shop, site: Site, tmp_path: Path) -> None:
    acme = make_shop("acme")
    with tenant_context(acme):
        configure()
    known = {
        "https://acme.example.com": site.url("acme", ""),
        "sk_live_…": key_of(acme, *EVERYTHING).secret,
        "pk_live_…": publishable_key(acme).secret,
    }
    (tmp_path / ".curlrc").write_text(HOW)
    examples = list(EXAMPLE.finditer(PAGE.read_text()))

    for example in examples:
        status, told = send(example["command"], known, tmp_path)
        assert status == int(example["status"]), (example["command"], told)
        for path, name in FOUND.findall(example["said"]):
            if name.isupper():
                known[name] = value_at(told, path)
            else:
                assert value_at(told, path) == name

    assert len(examples) == PAGE.read_text().count("```sh") == 17
    assert {"PRODUCT_ID", "ORDER_ID", "TOTAL"} <= known.keys()


def send(command: str, known: dict[str, str], folder: Path) -> tuple[int, Any]:
    """Run it in a shell; status and body of the answer."""
    for written, meant in known.items():
        command = command.replace(written, meant)
    done = subprocess.run(
        ["bash", "-euc", command], env={**os.environ, "CURL_HOME": str(folder)}, capture_output=True, text=True
    )
    assert done.returncode == 0, (command, done.stderr)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), json.loads(body)


def value_at(told: Any, path: str) -> str:
    """`variants.0.id`."""
    for step in path.split("."):
        told = told[int(step)] if step.isdigit() else told[step]
    return str(told)
