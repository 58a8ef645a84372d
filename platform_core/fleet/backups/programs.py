"""pg_dump and pg_restore: which of those installed here fits a server."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from platform_core.fleet.backups.errors import ClientProgramMissing
from smartseller import embedded

# Where Debian and its relatives keep each major version.
DEBIAN = Path("/usr/lib/postgresql")


def program(name: str, *, at_least: int) -> Path:
    """The oldest installed `name` (`pg_dump`, `pg_restore`) that is not older than the major version `at_least`.

    pg_dump refuses a server newer than itself, and pg_restore writes statements that servers older than itself do
    not know: the closest is the right one.
    Errors: ClientProgramMissing.
    """
    found = installed(name)
    fitting = [(major, path) for major, path in found if major >= at_least]
    if not fitting:
        raise ClientProgramMissing(name, at_least, sorted({major for major, _ in found}))
    return min(fitting, key=lambda entry: entry[0])[1]


@cache
def installed(name: str) -> tuple[tuple[int, Path], ...]:
    """(major version, path) of every `name` on this machine: in PATH, of Debian's packages, of the wheel."""
    return tuple((major, path) for path in dict.fromkeys(_places(name)) if (major := _major(path)) is not None)


def _places(name: str) -> Iterator[Path]:
    in_path = shutil.which(name)
    if in_path is not None:
        yield Path(in_path)
    yield from sorted(DEBIAN.glob(f"*/bin/{name}"))
    try:
        yield embedded.postgres_binary(name)
    except embedded.EmbeddedServerError:
        return


def _major(path: Path) -> int | None:
    """None for what does not run: a wrapper without its package, a program of another architecture."""
    try:
        said = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else None
