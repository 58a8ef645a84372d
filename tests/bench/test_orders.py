"""The measurements measure the shop as it is: a form that has grown a field must not leave its benchmark behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_shop_takes_the_orders_that_are_measured(tmp_path: Path) -> None:
    report = tmp_path / "results.json"
    # Without what the tests set for themselves: the benchmark has servers of its own, which wait for the disk.
    subprocess.run(
        [sys.executable, "-m", "bench", "--only", "orders", "--check", "--shops", "2", "--output", str(report)],
        cwd=ROOT,
        env={name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ},
        check=True,
        capture_output=True,
    )
    figures = {figure["name"]: figure for figure in json.loads(report.read_text())["figures"]}
    assert figures["SQL statements of a request that orders"]["is_met"] is True
