"""Servers: where a new shop goes, and connections to them as the role that owns databases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection as platform_connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from platform_core.fleet.errors import FleetBusy, NoServerAvailable, UnknownServer

OwnerConnection = psycopg.Connection[Any]

# A killed process may have left a statement running, such as CREATE DATABASE, which holds the right until it ends.
TAKE_OVER_SECONDS = 10.0
CONNECT_TIMEOUT_SECONDS = 5


class Address(str):
    """A libpq address in the place of a server's key: a server that holds no shops, such as one that was recovered."""


# Stands for the server of the platform's own database; no server of shops can have such a key.
PLATFORM_SERVER = "(platform)"
# The system's list has the two halves of a lock's number apart.
HELD = """
    SELECT EXISTS (
        SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (classid::bigint << 32 | objid::bigint) = hashtextextended(%s, 0)
    )
"""


# How PostgreSQL refuses a session that a database's limit has no room for.
NO_ROOM = "too many connections for database"
# None where nothing can be changed: on a server that is in recovery nobody else connects.
LIMIT = "SELECT datconnlimit FROM pg_database WHERE datname = %s AND NOT pg_is_in_recovery()"
EMPTIEST = """
SELECT server.key
FROM database_servers server
CROSS JOIN LATERAL (SELECT count(*) AS shops FROM tenants WHERE tenants.server = server.key) held
WHERE server.state = 'open' AND server.key = ANY(%(keys)s)
  AND (%(region)s::text IS NULL OR server.region = %(region)s) AND held.shops < server.capacity
ORDER BY held.shops::float / server.capacity, server.key LIMIT 1
"""


def place_shop(*, region: str | None = None) -> str:
    """The key of the server that takes the next shop: open, with room, and the emptiest relative to its capacity.

    `region` restricts the choice. Shops that are being created at the same moment are not counted, so a full
    server may end up a few shops over its capacity.
    Errors: NoServerAvailable.
    """
    with platform_connection.cursor() as cursor:
        cursor.execute(EMPTIEST, {"keys": list(settings.DATABASE_SERVERS), "region": region})
        row = cursor.fetchone()
    if row is None:
        raise NoServerAvailable(region)
    return str(row[0])


@contextmanager
def owner_connection(server: str, database: str | None = None) -> Iterator[OwnerConnection]:
    """A direct autocommit connection to `server` as the owner of databases, for as long as the block lasts.

    `database` is the one that the server's owner address names unless said otherwise: on the first server the
    platform's, which is never created, renamed or dropped here.
    Errors: UnknownServer; psycopg.OperationalError when the server does not answer.
    """
    connection = connect_as_owner(server, database)
    try:
        yield connection
    finally:
        connection.close()


def connect_as_owner(
    server: str, database: str | None = None, *, hurried: bool = False, session: Mapping[str, int] | None = None
) -> OwnerConnection:
    """As `owner_connection`, for callers that close it themselves. `session` are settings of the session.

    `hurried` commits without waiting for the disk: for work that a later, patient commit on the same server covers,
    because the server writes its log in order.
    """
    conninfo = owner_address(server)
    options: dict[str, Any] = {"application_name": "smartseller-fleet", "connect_timeout": CONNECT_TIMEOUT_SECONDS}
    if database is not None:
        options["dbname"] = database
    # What a shop's plan allots to a statement is for requests and jobs, not for the fleet's own work.
    settings_of_session = {
        "statement_timeout": 0,
        **(session or {}),
        **({"synchronous_commit": "off"} if hurried else {}),
    }
    options["options"] = " ".join(
        [str(conninfo_to_dict(conninfo).get("options") or ""), *(f"-c {k}={v}" for k, v in settings_of_session.items())]
    ).strip()
    try:
        return psycopg.connect(conninfo, autocommit=True, **options)
    except psycopg.OperationalError as error:
        if database is None or NO_ROOM not in str(error):
            raise
    with connections_unlimited(server, database):
        return psycopg.connect(conninfo, autocommit=True, **options)


@contextmanager
def connections_unlimited(server: str, database: str) -> Iterator[None]:
    """`database` takes any number of connections for as long as the block lasts: what its plan allots counts the
    fleet's own, too, and a shop that uses all of it must not keep its backup away.

    For a moment only: whoever connects meanwhile stays. A kill leaves it so until the reconciler comes by.
    Errors: FleetBusy; psycopg.OperationalError when the server does not answer.
    """
    with owner_connection(server) as connection:
        row = connection.execute(LIMIT, (database,)).fetchone()
        if row is None or row[0] < 0:
            yield
            return
        with only_one(connection, f"connections to {database}"):
            statement = sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}")
            connection.execute(statement.format(sql.Identifier(database), sql.Literal(-1)))
            try:
                yield
            finally:
                connection.execute(statement.format(sql.Identifier(database), sql.Literal(row[0])))


def owner_address(server: str) -> str:
    """How the owner of databases reaches `server`, or with `PLATFORM_SERVER` the platform's own. Errors: UnknownServer.

    They are one server unless the settings say otherwise.
    """
    if server == PLATFORM_SERVER:
        return str(settings.PLATFORM_OWNER_DSN)
    if isinstance(server, Address):
        return str(server)
    try:
        return str(settings.DATABASE_SERVERS[server]["owner"])
    except KeyError:
        raise UnknownServer(server) from None


@contextmanager
def only_one(connection: OwnerConnection, work: str, *, wait_seconds: float | None = None) -> Iterator[None]:
    """Hold the right to do `work` on the connection's server; it ends with the connection, so a crash frees it.

    A killed process leaves its last statement running on the server: `wait_seconds` is how long to wait for that,
    TAKE_OVER_SECONDS unless said; 0 for whoever only looks whether somebody is at it.
    Errors: FleetBusy when another connection holds the right.
    """
    name = _lock_name(work)
    if not connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()[0]:  # type: ignore[index]
        _wait_for_turn(connection, work, name, TAKE_OVER_SECONDS if wait_seconds is None else wait_seconds)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))


def is_held(connection: OwnerConnection, work: str) -> bool:
    """Whether somebody holds the right to do `work` on the connection's server."""
    row = connection.execute(HELD, (_lock_name(work),)).fetchone()
    return bool(row and row[0])


def _wait_for_turn(connection: OwnerConnection, work: str, name: str, wait_seconds: float) -> None:
    if wait_seconds <= 0:
        raise FleetBusy(work)
    connection.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(f"{wait_seconds}s")))
    try:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (name,))
    except psycopg.errors.LockNotAvailable:
        raise FleetBusy(work) from None
    finally:
        connection.execute("RESET lock_timeout")


def _lock_name(work: str) -> str:
    """Two installations on one server differ in their prefix, and must not wait for each other."""
    return f"{settings.DATABASE_PREFIX}{work}"
