"""Schemathesis, as its command line runs it, against a server that is up."""

import base64
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.tenant_shop.api_check.shop import Keys

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
# What stands in the place of `{key}`, by the first word of an address, and which rows a body may name.
IN_BODIES = {
    "category_id": "categories",
    "brand_id": "brands",
    "parent_id": "categories",
    "variant_id": "variants",
    "items[*].variant_id": "variants",
    "lines[*].item_id": "lines",
    "payment_id": "payments",
}
# Places that are not named `key`.
OF_ITS_OWN = {
    "address": "addresses",
    "item": "items",
    "image": "images",
    "kind": "kinds",
    "language": "languages",
    "token": "tokens",
}
# How often a row is named that is there; else one that nobody has.
OFTEN = 0.8


@dataclass(frozen=True)
class Tried:
    """What came of it: the exit code, all that was said, and how many requests were judged."""

    code: int
    said: str

    @property
    def cases(self) -> int:
        return sum(int(found) for found in re.findall(r"(\d+) generated", self.said))


def configuration(keys: Keys, paths: list[str], in_bodies: Mapping[str, str]) -> str:
    """The configuration of the project, and which rows this shop has."""
    lines = [(HERE / "schemathesis.toml").read_text(), "[dictionaries]"]
    lines += [f"{name} = {{ values = {_list(values)} }}" for name, values in keys.items()]
    lines += ["", "[parameters]"]
    lines += [f'"body.{field}" = {_often(name)}' for field, name in in_bodies.items()]
    # Opaque: nobody but the API makes one, and any is good for any list.
    lines.append(f'"query.cursor" = "{cursor()}"')
    for path in paths:
        lines += ["", "[[operations]]", f'include-path = "{path}"', "[operations.parameters]"]
        words = path.strip("/").split("/")
        alone = len(words) > 3 and words[-1].startswith("{")
        for place in (word.strip("{}") for word in words if word.startswith("{")):
            inner = OF_ITS_OWN.get(place, words[0])
            if words[0] in ("storefront", "fleet"):
                inner = words[1]
            # The row in a row has to be one of its own.
            lines.append(f'"path.{place}" = ' + (f'"{keys[inner][0]}"' if alone else _often(inner)))
    return "\n".join(lines) + "\n"


def cursor() -> str:
    """As `next` has it."""
    return (
        base64.urlsafe_b64encode(json.dumps(["2026-01-01T00:00:00+00:00", str(uuid4())]).encode()).decode().rstrip("=")
    )


def _list(values: list[str]) -> str:
    return "[" + ", ".join(f'"{value}"' for value in values) + "]"


def _often(name: str) -> str:
    return f'{{ dictionary = "{name}", probability = {OFTEN} }}'


def run(
    folder: Path,
    *,
    port: int,
    host: str,
    key: str,
    keys: Keys,
    paths: list[str],
    examples: int,
    in_bodies: Mapping[str, str] = IN_BODIES,
) -> Tried:
    """Try the API at `host` with `key`."""
    file = folder / "schemathesis.toml"
    file.write_text(configuration(keys, paths, in_bodies))
    base = f"http://127.0.0.1:{port}/api/v1"
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(file), "run", f"{base}/openapi.json",
         "--url", base, "--no-color", "--max-examples", str(examples)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "API_CHECK_HOST": host, "API_CHECK_KEY": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    return Tried(done.returncode, done.stdout)
