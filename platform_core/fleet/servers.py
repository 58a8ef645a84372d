"""Servers: where a new shop goes, and connections to them as the role that owns databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection as platform_connection
from psycopg import sql

from platform_core.fleet.errors import FleetBusy, NoServerAvailable, UnknownServer

OwnerConnection = psycopg.Connection[Any]

CONNECT_TIMEOUT_SECONDS = 5


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


def connect_as_owner(server: str, database: str | None = None, *, hurried: bool = False) -> OwnerConnection:
    """As `owner_connection`, for callers that close it themselves.

    `hurried` commits without waiting for the disk: for work that a later, patient commit on the same server covers,
    because the server writes its log in order.
    """
    try:
        conninfo = settings.DATABASE_SERVERS[server]["owner"]
    except KeyError:
        raise UnknownServer(server) from None
    options: dict[str, Any] = {"application_name": "smartseller-fleet", "connect_timeout": CONNECT_TIMEOUT_SECONDS}
    if database is not None:
        options["dbname"] = database
    if hurried:
        options["options"] = "-c synchronous_commit=off"
    return psycopg.connect(conninfo, autocommit=True, **options)


@contextmanager
def only_one(connection: OwnerConnection, work: str, *, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the right to do `work` on the connection's server; it ends with the connection, so a crash frees it.

    A killed process leaves its last statement running on the server: `wait_seconds` is how long to wait for that.
    Errors: FleetBusy when another connection holds the right.
    """
    name = _lock_name(work)
    if not connection.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)).fetchone()[0]:  # type: ignore[index]
        _wait_for_turn(connection, work, name, wait_seconds)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))


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
