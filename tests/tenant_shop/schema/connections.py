"""A shop's database without Django: several connections at once, and waiting for one that waits for a lock."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings

from platform_core.tenancy.context import TenantInfo
from tests.databases import owner

Connection = psycopg.Connection[Any]


def as_app(shop: TenantInfo) -> Connection:
    """A connection as the role that serves requests; a transaction starts with the first statement."""
    return psycopg.connect(settings.EMBEDDED.conninfo(settings.DATABASE_APP_ROLE, shop.database_name))


def as_owner(shop: TenantInfo) -> Connection:
    """A connection as the role that runs DDL."""
    return psycopg.connect(settings.EMBEDDED.conninfo(settings.DATABASE_OWNER_ROLE, shop.database_name))


@contextmanager
def blocked(connection: Connection, query: str, params: tuple[Any, ...] = ()) -> Iterator["Future[Any]"]:
    """Start `query`, wait until another transaction's lock stops it, run the block that lets it go."""
    with ThreadPoolExecutor(1) as pool, owner() as observer:
        future = pool.submit(connection.execute, query, params)
        while (
            not future.done()
            and not observer.execute(
                "SELECT cardinality(pg_blocking_pids(%s))", (connection.info.backend_pid,)
            ).fetchone()[0]
        ):
            continue
        assert not future.done(), "nothing stopped the statement"
        yield future


def wait_until_one_waits(shop: TenantInfo, future: "Future[Any]") -> None:
    """Until another connection to the shop's database waits for an advisory lock; fails when `future` ends before."""
    waiting = (
        "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE locktype = 'advisory' AND NOT granted AND datname = %s)"
    )
    with owner() as observer:
        while not future.done() and not observer.execute(waiting, (shop.database_name,)).fetchone()[0]:
            continue
    assert not future.done(), "nothing stopped it"
