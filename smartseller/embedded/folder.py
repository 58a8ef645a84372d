"""The data folder of the embedded servers: where everything lies, and how to address what runs there."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from psycopg.conninfo import make_conninfo

PLATFORM_DATABASE = "smartseller_platform"
OWNER_ROLE = "smartseller_owner"
APP_ROLE = "smartseller_app"
SUPERUSER = "postgres"
# A Unix socket's path must fit into 107 bytes (unix(7)).
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
# Not `tempfile.gettempdir()`: two processes with different TMPDIR must meet at the same sockets.
SHORT_FOLDERS = Path("/tmp")  # noqa: S108 - the owner is checked before it is used


class EmbeddedServerError(Exception):
    """An embedded server cannot be started; the message is one line for people."""


@dataclass(frozen=True)
class Embedded:
    """The embedded servers of one data folder.

    `data_dir` is absolute. `durable` false turns `fsync` off: for tests, never for data that matters. `archive` is an
    absolute folder that the server keeps its finished WAL in, for recovery to a point in time.
    """

    data_dir: Path
    durable: bool = True
    archive: Path | None = None

    @property
    def postgres_dir(self) -> Path:
        return self.data_dir / "postgres"

    @property
    def postgres_log(self) -> Path:
        return self.data_dir / "postgres.log"

    @property
    def run_dir(self) -> Path:
        """Holds the sockets and locks; moves to the temporary folder when the data folder's path is too long."""
        here = self.data_dir / "run"
        if len(os.fsencode(here)) <= LONGEST_SOCKET_FOLDER:
            return here
        digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]
        return SHORT_FOLDERS / f"smartseller-{digest}"

    @property
    def redis_socket(self) -> Path:
        return self.run_dir / "valkey.sock"

    def conninfo(self, role: str, database: str = PLATFORM_DATABASE) -> str:
        return make_conninfo(host=str(self.run_dir), user=role, dbname=database)

    def redis_url(self, number: int = 0) -> str:
        return f"unix://{quote(str(self.redis_socket))}?db={number}"

    def broker_url(self, number: int = 1) -> str:
        return f"redis+socket://{quote(str(self.redis_socket))}?virtual_host={number}"


def process_runs(pid: int, *words: str) -> bool:
    """Whether process `pid` lives and its command line holds all of `words`.

    A file with a process id may be left by a crash, and the id be another program's by now. Where command lines
    cannot be read, living is enough.
    """
    if Path("/proc/self/cmdline").exists():
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return all(os.fsencode(word) in command for word in words)
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True
