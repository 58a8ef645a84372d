"""A backup becomes a database: streamed from the storage into pg_restore, digested on the way, compared afterwards."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, cast

from psycopg import sql

from platform_core.fleet.backups.contents import contents_of, counting_connection, difference
from platform_core.fleet.backups.dump import address_of, last_line
from platform_core.fleet.backups.errors import BackupTooNew, BackupUnusable, RestoreFailed
from platform_core.fleet.backups.manifest import Manifest
from platform_core.fleet.backups.programs import program
from platform_core.fleet.backups.store import CHUNK, Measured, Tell, nobody, store
from platform_core.fleet.databases import drop_database_in_use, lock_down_database
from platform_core.fleet.names import scratch_name
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.versions import schema_versions


def check_before(location: str, manifest: Manifest) -> None:
    """What can be known of a backup without making it a database.

    Errors: BackupUnusable when its dump is missing, too short or too long, or its schema is newer than this release's.
    """
    name = f"{location}/{manifest.dump.name}"
    if not store().exists(name):
        raise BackupUnusable(str(manifest.id), "its dump is missing")
    size = store().size(name)
    if size != manifest.dump.size:
        raise BackupUnusable(str(manifest.id), f"its dump has {size} of {manifest.dump.size} bytes")
    newest = shop_hooks.schema_version if manifest.kind == "shop" else schema_versions("platform_core").newest
    if manifest.schema_version > newest:
        raise BackupTooNew(
            str(manifest.id), f"its schema is {manifest.schema_version}, newer than this release's {newest}"
        )


def load_backup(location: str, manifest: Manifest, *, server: str, database: str, tell: Tell = nobody) -> None:
    """Make the new database `database` on `server` from a backup, and prove that it is what was backed up.

    Only its owner and the role that serves requests may connect. Errors: BackupUnusable, RestoreFailed,
    ClientProgramMissing; psycopg's DuplicateDatabase when there is one of this name. No database is left then.
    """
    check_before(location, manifest)
    with owner_connection(server) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY wal_log").format(sql.Identifier(database))
        )
        try:
            lock_down_database(connection, database)
            fill_database(location, manifest, server=server, database=database, tell=tell)
        except Exception:
            drop_database_in_use(connection, database)
            raise


def fill_database(location: str, manifest: Manifest, *, server: str, database: str, tell: Tell = nobody) -> None:
    """As `load_backup`, into an empty database that is there: all of it or, after a kill as well, nothing."""
    _run(location, manifest, server=server, database=database, tell=tell)
    compare(manifest, server=server, database=database)
    with owner_connection(server, database) as connection:
        connection.execute("ANALYZE")


def compare(manifest: Manifest, *, server: str, database: str) -> None:
    """Errors: BackupUnusable unless `database` holds the rows that were backed up, and is the same shop's."""
    with counting_connection(server, database) as connection:
        different = difference(manifest.tables, contents_of(connection))
        if different:
            raise BackupUnusable(str(manifest.id), f"restored, it differs from what was backed up: {different}")
        if manifest.tenant_id is not None:
            row = connection.execute("SELECT tenant_id FROM tenant_sentinel").fetchone()
            if row is None or row[0] != manifest.tenant_id:
                raise BackupUnusable(str(manifest.id), f"the database in it is of the shop {row and row[0]}")


@contextmanager
def tried_out(location: str, manifest: Manifest, *, server: str, tell: Tell = nobody) -> Iterator[str]:
    """A backup restored into a database that nobody knows of and that is gone afterwards; its name.

    Its right is held meanwhile, so that the reconciler tells what a kill left from what is in use.
    """
    name = scratch_name()
    with owner_connection(server) as connection, only_one(connection, scratch_work(name)):
        load_backup(location, manifest, server=server, database=name, tell=tell)
        try:
            yield name
        finally:
            drop_database_in_use(connection, name)


def scratch_work(name: str) -> str:
    return f"trying out a backup in {name}"


def _run(location: str, manifest: Manifest, *, server: str, database: str, tell: Tell) -> None:
    with owner_connection(server, database) as connection:
        major = connection.info.server_version // 10_000
    pg_restore = program("pg_restore", at_least=max(major, manifest.pg_dump))
    address, environment = address_of(server, database)
    command = [
        str(pg_restore), "--format=custom", "--no-owner", "--single-transaction", "--no-password",
        f"--dbname={address}",
    ]  # fmt: skip
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        try:
            whole = _feed(location, manifest, cast("IO[bytes]", process.stdin), tell=tell)
        except BaseException:
            process.kill()
            process.wait()
            raise
        if process.wait() != 0 or not whole:
            said.seek(0)
            raise RestoreFailed(str(manifest.id), _cause(said.read()) or f"pg_restore ended with {process.returncode}")


def _feed(location: str, manifest: Manifest, sink: IO[bytes], *, tell: Tell) -> bool:
    """Give pg_restore the dump; the end only if it is the one that was stored. False when it stopped reading."""
    with store().open(f"{location}/{manifest.dump.name}") as file:
        source = Measured(cast("IO[bytes]", file), tell=tell)
        held = b""
        reads_on = True
        while piece := source.read(CHUNK):
            # The last piece waits for the digest: without it nothing is committed.
            reads_on = reads_on and _write(sink, held)
            held = piece
        if source.sha256 != manifest.dump.sha256:
            raise BackupUnusable(str(manifest.id), "its dump is not the one that was stored")
        return reads_on and _write(sink, held) and _end(sink)


def _write(sink: IO[bytes], piece: bytes) -> bool:
    try:
        sink.write(piece)
    except BrokenPipeError:
        return False
    return True


def _end(sink: IO[bytes]) -> bool:
    try:
        sink.close()
    except BrokenPipeError:
        return False
    return True


def _cause(text: str) -> str:
    errors = [line for line in text.splitlines() if "error:" in line and "error: could not execute" not in line]
    return (errors or [last_line(text)])[0].strip()
