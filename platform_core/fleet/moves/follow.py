"""The new database follows the old one: a slot and a publication there, a subscription here, all of one name."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg
from django.conf import settings
from psycopg import sql

from platform_core.fleet.backups.back_up import HEARTBEAT_SECONDS
from platform_core.fleet.moves.able import connect_to_replicate, replication_address
from platform_core.fleet.moves.errors import MoveFailed
from platform_core.fleet.moves.models import Move
from platform_core.fleet.servers import OwnerConnection, owner_connection

POLL_SECONDS = 0.01
# Until a walsender that lost its subscriber has let go of the slot.
RELEASE_SECONDS = 30
RUN_AS_OWNER_SINCE = 16
# Whose the database is is said by hand, because it names the database.
SENTINEL = "tenant_sentinel"
# A table without a key cannot tell which row changed: it is copied whole when the shop is closed.
TABLES = """
SELECT c.relname, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident)
    OR (c.relreplident = 'd' AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary))
    OR c.relreplident = 'f'
FROM pg_class c
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND c.relnamespace = 'public'::regnamespace ORDER BY c.relname
"""
# A message of our own: what was committed before it is before it in the log, and it makes the log be written.
MARK = "SELECT pg_logical_emit_message(true, 'smartseller move', '')"
PASSED = "SELECT confirmed_flush_lsn >= %s::pg_lsn FROM pg_replication_slots WHERE slot_name = %s"


def name_of(move: Move) -> str:
    """The name of the move's slot, publication and subscription."""
    return f"{settings.DATABASE_PREFIX}move_{move.pk.hex}"


def move_in(name: str) -> str | None:
    """The id, in hexadecimal, of this installation's move that a slot or subscription of this name was made for."""
    found = re.fullmatch(rf"{re.escape(settings.DATABASE_PREFIX)}move_([0-9a-f]{{32}})", name)
    return found[1] if found else None


def tables_of(connection: OwnerConnection) -> tuple[list[str], list[str]]:
    """The tables of a shop's database whose changes can be followed, and those that cannot, the sentinel in neither."""
    rows = [row for row in connection.execute(TABLES) if row[0] != SENTINEL]
    return [name for name, has_key in rows if has_key], [name for name, has_key in rows if not has_key]


@contextmanager
def published(move: Move) -> Iterator[str]:
    """Publish the old database from now on; the snapshot of this moment, which others can read in the block."""
    name = name_of(move)
    with owner_connection(move.source, move.old_database) as connection:
        followed, _ = tables_of(connection)
        connection.execute(
            sql.SQL("CREATE PUBLICATION {} FOR TABLE {}").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, followed))
            )
        )
    with closing(connect_to_replicate(move.source, move.old_database, streaming=True)) as streaming:
        command = sql.SQL("CREATE_REPLICATION_SLOT {} LOGICAL pgoutput (SNAPSHOT 'export')").format(
            sql.Identifier(name)
        )
        answer = streaming.pgconn.exec_(command.as_bytes(streaming))
        snapshot = answer.get_value(0, 2) if answer.ntuples else None
        if snapshot is None:
            reason = answer.error_message.decode(errors="replace").strip()
            raise MoveFailed(move.tenant.slug, f"its changes cannot be followed ({reason})")
        yield snapshot.decode()


def subscribe(move: Move) -> None:
    """Let the new database, which is as of the snapshot, have every change since; it stops at the first it cannot."""
    options = ["create_slot = false", "copy_data = false", "disable_on_error = true", "synchronous_commit = 'local'"]
    with closing(connect_to_replicate(move.target, move.new_database)) as connection:
        if connection.info.server_version // 10_000 >= RUN_AS_OWNER_SINCE:
            options.append("run_as_owner = true")
        statement = sql.SQL("CREATE SUBSCRIPTION {name} CONNECTION {address} PUBLICATION {name} WITH ({options})")
        connection.execute(
            statement.format(
                name=sql.Identifier(name_of(move)),
                address=sql.Literal(replication_address(move.source, move.old_database)),
                options=sql.SQL(f"slot_name = {{}}, {', '.join(options)}").format(sql.Literal(name_of(move))),
            )
        )


def follows(move: Move) -> bool:
    """Whether slot and subscription are there and nothing stopped them."""
    name = name_of(move)
    with owner_connection(move.source) as source, owner_connection(move.target) as target:
        slot = source.execute("SELECT FROM pg_replication_slots WHERE slot_name = %s", (name,)).fetchone()
        subscription = target.execute("SELECT FROM pg_subscription WHERE subname = %s AND subenabled", (name,))
        return slot is not None and subscription.fetchone() is not None


def wait_until_caught_up(move: Move, *, beat: Callable[[], None]) -> None:
    """Return when the new database has everything that is committed in the old one at this moment.

    Errors: MoveFailed when it follows no more.
    """
    name, beaten_at = name_of(move), time.monotonic()
    with (
        closing(connect_to_replicate(move.source, move.old_database)) as source,
        owner_connection(move.target) as target,
    ):
        source.execute("SET synchronous_commit = on")
        mark = source.execute(MARK).fetchone()
        while True:
            row = source.execute(PASSED, (mark and mark[0], name)).fetchone()
            if row is None:
                raise MoveFailed(move.tenant.slug, f"the slot {name} is gone from {move.source}")
            if row[0]:
                return
            if time.monotonic() - beaten_at > HEARTBEAT_SECONDS:
                beat()
                beaten_at = time.monotonic()
            if target.execute("SELECT FROM pg_subscription WHERE subname = %s AND subenabled", (name,)).rowcount == 0:
                raise MoveFailed(
                    move.tenant.slug, f"a change could not be repeated on {move.target}; its log says which"
                )
            time.sleep(POLL_SECONDS)


def stop_following(move: Move) -> None:
    """Remove subscription, slot and publication, what there is of them. Idempotent.

    Errors: psycopg.OperationalError when a server does not answer.
    """
    drop_subscription(move.target, name_of(move))
    stop_publishing(move)


def stop_publishing(move: Move) -> None:
    """Remove slot and publication from the old database's server, whatever became of the new one's. Idempotent."""
    drop_slot(move.source, name_of(move))
    with owner_connection(move.source, move.old_database) as connection:
        connection.execute(sql.SQL("DROP PUBLICATION IF EXISTS {}").format(sql.Identifier(name_of(move))))


def drop_subscription(server: str, name: str) -> None:
    """Remove a subscription without asking the other server for its slot. Idempotent."""
    with owner_connection(server) as connection:
        found = connection.execute(
            "SELECT datname FROM pg_subscription JOIN pg_database d ON d.oid = subdbid WHERE subname = %s", (name,)
        ).fetchone()
    if found is None:
        return
    subscription = sql.Identifier(name)
    with closing(connect_to_replicate(server, found[0])) as connection:
        for statement in (
            "ALTER SUBSCRIPTION {} DISABLE",
            "ALTER SUBSCRIPTION {} SET (slot_name = NONE)",
            "DROP SUBSCRIPTION {}",
        ):
            connection.execute(sql.SQL(statement).format(subscription))


def drop_slot(server: str, name: str) -> None:
    """Remove a slot; who still streams from it is ended. Idempotent."""
    with owner_connection(server) as connection:
        found = connection.execute("SELECT database FROM pg_replication_slots WHERE slot_name = %s", (name,)).fetchone()
    if found is None:
        return
    deadline = time.monotonic() + RELEASE_SECONDS
    with closing(connect_to_replicate(server, found[0])) as connection:
        while True:
            connection.execute(
                "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = %s AND active",
                (name,),
            )
            try:
                connection.execute("SELECT pg_drop_replication_slot(%s)", (name,))
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > deadline:
                    raise
                time.sleep(POLL_SECONDS)
            except psycopg.errors.UndefinedObject:
                return
            else:
                return
