"""`requirements/install.py`, which runs before anything is installed."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "install.py", tmp_path / "requirements")
    (tmp_path / "requirements" / "base.txt").write_text("")
    return tmp_path


def install(checkout: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "requirements/install.py", *arguments]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)


def test_a_list_that_is_installed_costs_nothing(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "base.digest").write_text(hashlib.sha256(b"").hexdigest())

    done = install(checkout, "base")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in (checkout / ".venv").iterdir()] == ["base.digest"]


def test_a_folder_that_cannot_be_written_is_one_line(checkout: Path) -> None:
    (checkout / ".venv").write_text("in the way")

    done = install(checkout, "base")

    assert done.returncode == 1
    assert done.stderr == f"Cannot write to {checkout / '.venv'}: File exists.\n"


def test_a_list_without_ready_made_packages_is_one_line_and_tried_again(checkout: Path) -> None:
    # An environment whose installer fails as pip does when there is no wheel for this machine.
    pip = checkout / ".venv" / "bin" / "python"
    pip.parent.mkdir(parents=True)
    pip.write_text(
        "#!/bin/sh\necho 'WARNING: old' >&2\necho 'ERROR: No matching distribution found for x==1' >&2\nexit 1\n"
    )
    pip.chmod(0o755)
    (pip.parent / "pip").touch()

    done = install(checkout, "base")

    assert done.returncode == 1
    assert done.stderr == (
        "The requirements cannot be installed on this machine: ERROR: No matching distribution found for x==1\n"
    )
    assert not (checkout / ".venv" / "base.digest").exists()


def test_an_unknown_list_is_refused(checkout: Path) -> None:
    done = install(checkout, "everything")

    assert (done.returncode, done.stderr) == (1, "Say which list: base or dev.\n")
    assert not (checkout / ".venv").exists()
