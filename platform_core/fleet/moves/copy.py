"""A database on one server becomes a database on another: pg_dump speaks to pg_restore, and nothing is kept between."""

import subprocess
import tempfile
from collections.abc import Callable
from typing import IO, cast

from psycopg import sql

from platform_core.fleet.allot import give_allotment
from platform_core.fleet.backups.back_up import HEARTBEAT_SECONDS
from platform_core.fleet.backups.dump import LOCK_WAIT, address_of, last_line
from platform_core.fleet.backups.programs import program
from platform_core.fleet.databases import drop_database_in_use, lock_down_database
from platform_core.fleet.moves.errors import MoveFailed
from platform_core.fleet.moves.models import Move
from platform_core.fleet.names import restored_name
from platform_core.fleet.servers import owner_connection
from platform_core.plans.allotments import DEFAULT, allotments


def make_target(move: Move) -> None:
    """The new database, empty. What a killed attempt made is dropped: nobody knows how far it came.

    It gets another name each time: the killed attempt's pg_restore may be about to connect.
    """
    with owner_connection(move.target) as connection:
        drop_database_in_use(connection, move.new_database)
        move.new_database = restored_name(move.tenant.slug)
        move.save(update_fields=["new_database"])
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY wal_log").format(sql.Identifier(move.new_database))
        )
        lock_down_database(connection, move.new_database)
        give_allotment(connection, move.new_database, allotments().get(move.tenant.plan_type, DEFAULT))


def copy_database(move: Move, *, snapshot: str | None, beat: Callable[[], None]) -> None:
    """Fill the new database with everything the old one has, as of `snapshot` or of now: all of it or nothing.

    `beat` is called every 15 seconds. Errors: MoveFailed, ClientProgramMissing.
    """
    dump, restore = _programs(move)
    old, old_environment = address_of(move.source, move.old_database)
    new, new_environment = address_of(move.target, move.new_database)
    reading = [
        str(dump), "--format=custom", "--compress=0", "--enable-row-security", "--no-password", "--no-publications",
        "--no-subscriptions", f"--lock-wait-timeout={LOCK_WAIT}", f"--dbname={old}",
        *([f"--snapshot={snapshot}"] if snapshot else []),
    ]  # fmt: skip
    writing = [
        str(restore), "--format=custom", "--no-owner", "--single-transaction", "--no-password", f"--dbname={new}",
    ]  # fmt: skip
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        reader = subprocess.Popen(
            reading, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=old_environment
        )
        pipe = cast("IO[bytes]", reader.stdout)
        try:
            writer = subprocess.Popen(writing, stdin=pipe, stdout=subprocess.DEVNULL, stderr=said, env=new_environment)
            pipe.close()  # the writer's now: it hears the end only if nobody else holds it open
            try:
                _wait(writer, beat)
                _wait(reader, beat)
            finally:
                _end(writer)
        finally:
            _end(reader)
        if reader.returncode or writer.returncode:
            said.seek(0)
            raise MoveFailed(move.tenant.slug, f"its database could not be copied ({_cause(said.read())})")


def _programs(move: Move) -> tuple[str, str]:
    with owner_connection(move.source) as source, owner_connection(move.target) as target:
        old, new = (connection.info.server_version // 10_000 for connection in (source, target))
    return str(program("pg_dump", at_least=old)), str(program("pg_restore", at_least=max(old, new)))


def _wait(process: "subprocess.Popen[bytes]", beat: Callable[[], None]) -> None:
    while True:
        try:
            process.wait(timeout=HEARTBEAT_SECONDS)
        except subprocess.TimeoutExpired:
            beat()
        else:
            return


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def _cause(text: str) -> str:
    errors = [line for line in text.splitlines() if "error:" in line]
    return (errors or [last_line(text) or "no reason was given"])[0].strip()
