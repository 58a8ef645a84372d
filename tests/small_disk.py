"""A disk that can be full: a small file system in memory, in the place of a folder. Mounting it takes root."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

PIECE = 64 * 1024


@dataclass(frozen=True)
class SmallDisk:
    at: Path

    @property
    def _ballast(self) -> Path:
        return self.at / "ballast"

    def fill(self, *, but: int = 0) -> None:
        """Until not a byte more goes onto it, or `but` bytes are left."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while (left := shutil.disk_usage(self.at).free - but) > 0:
                ballast.write(bytes(min(PIECE, left)))

    def make_room(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(at: Path, *, megabytes: int) -> Iterator[SmallDisk]:
    """The folder `at` with all that is in it, on a disk of its own for as long as the block lasts; gone afterwards."""
    aside = at.with_name(f"{at.name}.aside")
    at.rename(aside)
    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(at)]
    try:
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("this user may not mount a small disk")
        try:
            subprocess.run(["cp", "-a", f"{aside}/.", str(at)], check=True)
            yield SmallDisk(at)
        finally:
            subprocess.run(["umount", str(at)], check=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)  # the whole server may be gone already
        shutil.rmtree(at, ignore_errors=True)
