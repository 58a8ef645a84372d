"""One owner's connection to each server, kept between the shops that a process makes: opening it costs 3 ms."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from platform_core.fleet.servers import OwnerConnection, connect_as_owner

_idle: dict[str, OwnerConnection] = {}
_guard = threading.Lock()


@contextmanager
def kept_connection(server: str) -> Iterator[OwnerConnection]:
    """An autocommit connection to the server's maintenance database, as `servers.connect_as_owner`, hurried.

    It is kept for the next block when this one ends well, closed when not; locks held on it must be given back inside
    the block. Errors: UnknownServer; psycopg.OperationalError when the server does not answer.
    """
    connection = _take(server) or connect_as_owner(server, hurried=True)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    with _guard:
        surplus = _idle.pop(server, None)
        _idle[server] = connection
    if surplus is not None:
        surplus.close()


def close_kept_connections() -> None:
    """Close what is kept in this process."""
    with _guard:
        kept = list(_idle.values())
        _idle.clear()
    for connection in kept:
        connection.close()


def _take(server: str) -> OwnerConnection | None:
    with _guard:
        connection = _idle.pop(server, None)
    if connection is None:
        return None
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        connection.close()
        return None
    return connection


def _forget_after_fork() -> None:
    """The parent's connections are the parent's: closing them here would end them there."""
    global _guard
    _guard = threading.Lock()
    _inherited.extend(_idle.values())
    _idle.clear()


_inherited: list[OwnerConnection] = []
os.register_at_fork(after_in_child=_forget_after_fork)
