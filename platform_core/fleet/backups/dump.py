"""Running pg_dump: what it writes goes straight into the storage of backups, and nowhere else."""

import io
import os
import subprocess
import tempfile
from dataclasses import dataclass
from typing import IO, Any, cast

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from platform_core.fleet.backups.contents import Contents, contents_of, counting_connection
from platform_core.fleet.backups.errors import DumpFailed
from platform_core.fleet.backups.manifest import StoredFile
from platform_core.fleet.backups.programs import installed, program
from platform_core.fleet.backups.store import DUMP, Measured, Tell, nobody, put
from platform_core.fleet.servers import CONNECT_TIMEOUT_SECONDS, connections_unlimited, owner_address, owner_connection

# The audit log shows itself to those who say that they are the platform, the owner included.
IN_SCOPE = "-c app.audit_scope=platform -c statement_timeout=0"
LOCK_WAIT = "60s"


@dataclass(frozen=True, kw_only=True)
class Dump:
    """A stored dump, what is in it, and the major versions of the server and of pg_dump."""

    file: StoredFile
    tables: Contents
    schema_version: str
    postgresql: int
    pg_dump: int


def dump_database(server: str, database: str, location: str, *, app: str, tell: Tell = nobody) -> Dump:
    """Store a dump of `database`, whose tables are the Django app `app`'s, in `location`.

    The rows are counted in the snapshot that pg_dump reads. `tell` hears how many bytes went by.
    Errors: ClientProgramMissing, DumpFailed; psycopg.OperationalError when the server does not answer. No file is
    left then.
    """
    with counting_connection(server, database) as connection:
        major = connection.info.server_version // 10_000
        pg_dump = program("pg_dump", at_least=major)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        file = dump_as_of(row[0] if row else "", server, database, location, tell=tell)
        tables = contents_of(connection)
        version = connection.execute("SELECT max(name) FROM django_migrations WHERE app = %s", (app,)).fetchone()
        connection.execute("COMMIT")
    return Dump(
        file=file,
        tables=tables,
        schema_version=str(version[0]) if version and version[0] else "",
        postgresql=major,
        pg_dump=next(found for found, path in installed("pg_dump") if path == pg_dump),
    )


def dump_as_of(snapshot: str, server: str, database: str, location: str, *, tell: Tell = nobody) -> StoredFile:
    """Store a dump of `database` in `location`, as an exported `snapshot` shows it. Errors: as `dump_database`."""
    with owner_connection(server, database) as connection:
        pg_dump = program("pg_dump", at_least=connection.info.server_version // 10_000)
    address, environment = address_of(server, database)
    command = [
        str(pg_dump), "--format=custom", "--enable-row-security", "--no-password", f"--snapshot={snapshot}",
        f"--lock-wait-timeout={LOCK_WAIT}", f"--dbname={address}",
    ]  # fmt: skip
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        with connections_unlimited(server, database):
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
            )
            _wait_until_it_writes(process)

        def refuse_a_broken_end() -> None:
            if process.wait() != 0:
                said.seek(0)
                raise DumpFailed(database, last_line(said.read()) or f"pg_dump ended with {process.returncode}")

        source = Measured(cast("IO[bytes]", process.stdout), at_end=refuse_a_broken_end, tell=tell)
        try:
            put(f"{location}/{DUMP}", source)
        except OSError as error:
            raise DumpFailed(database, f"the storage of backups did not take it ({error})") from error
        finally:
            process.kill()
            process.wait()
            cast("IO[bytes]", process.stdout).close()
    return StoredFile(name=DUMP, size=source.size, sha256=source.sha256)


def _wait_until_it_writes(process: "subprocess.Popen[bytes]") -> None:
    """It is connected then, or has failed."""
    cast("io.BufferedReader", process.stdout).peek(1)


def address_of(server: str, database: str) -> tuple[str, dict[str, str]]:
    """The owner's address of `database` for a client program, and the environment that holds its password.

    Arguments of a process are for everybody on the machine to read.
    """
    parts: dict[str, Any] = conninfo_to_dict(owner_address(server), dbname=database)
    secret = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
    parts["options"] = f"{parts.get('options') or ''} {IN_SCOPE}".strip()
    parts.setdefault("connect_timeout", CONNECT_TIMEOUT_SECONDS)
    parts["application_name"] = "smartseller-backup"
    return make_conninfo("", **parts), {**os.environ, **secret}


def last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
