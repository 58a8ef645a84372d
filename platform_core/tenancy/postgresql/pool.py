"""One pool of connections for all shops of a process."""

import os
import select
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg.pq import TransactionStatus

from platform_core.tenancy.errors import ConnectionsExhausted

RawConnection = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class PoolUse:
    """How full a pool is: connections lent out, connections at rest, and the most it may have."""

    leased: int
    idle: int
    limit: int


class ConnectionPool:
    """At most `limit` connections, keyed by database; the least recently used one at rest makes room for another.

    A connection is lent to one thread at a time and only ever serves the key it was opened for. Safe under threads, and
    under fork: a child starts empty. `wait` is in seconds.
    """

    def __init__(self, limit: int, wait: float) -> None:
        self.limit, self.wait = limit, wait
        self._reset()
        os.register_at_fork(after_in_child=self._reset)

    def _reset(self) -> None:
        self._changed = threading.Condition()
        # By id of the connection, oldest first; and the same connections by key, newest last.
        self._resting: OrderedDict[int, tuple[str, RawConnection]] = OrderedDict()
        self._by_key: dict[str, list[RawConnection]] = {}
        self._total = 0

    def lease(self, key: str, connect: Callable[[], RawConnection]) -> RawConnection:
        """A live connection for `key`: one at rest, or a new one from `connect`.

        Errors: ConnectionsExhausted when every connection stayed busy for `wait` seconds; whatever `connect` raises.
        """
        while True:
            connection, evicted = self._take(key)
            if evicted is not None:
                evicted.close()
            if connection is None:
                break
            if _is_live(connection):
                return connection
            self._drop(connection)
        try:
            return connect()
        except BaseException:
            with self._changed:
                self._total -= 1
                self._changed.notify()
            raise

    def _take(self, key: str) -> tuple[RawConnection | None, RawConnection | None]:
        """A resting connection, or (None, …) with room reserved for a new one; second, one to close for it."""
        deadline: float | None = None
        with self._changed:
            while True:
                resting = self._by_key.get(key)
                if resting:
                    connection = resting.pop()
                    if not resting:
                        del self._by_key[key]
                    del self._resting[id(connection)]
                    return connection, None
                if self._total < self.limit:
                    self._total += 1
                    return None, None
                if self._resting:
                    return None, self._pop_oldest()
                deadline = deadline or time.monotonic() + self.wait
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._changed.wait(remaining):
                    raise ConnectionsExhausted(self.limit, self.wait)

    def _pop_oldest(self) -> RawConnection:
        _, (key, connection) = self._resting.popitem(last=False)
        siblings = self._by_key[key]
        siblings.remove(connection)
        if not siblings:
            del self._by_key[key]
        return connection

    def give_back(self, key: str, connection: RawConnection, *, reset: bool) -> None:
        """Take `connection` in: rolled back if need be, its session reset if `reset`, closed when it is not sound."""
        if not self._make_sound(connection, reset=reset):
            self._drop(connection)
            return
        with self._changed:
            self._resting[id(connection)] = (key, connection)
            self._by_key.setdefault(key, []).append(connection)
            self._changed.notify()

    @staticmethod
    def _make_sound(connection: RawConnection, *, reset: bool) -> bool:
        status = connection.info.transaction_status
        if connection.closed or status in (TransactionStatus.ACTIVE, TransactionStatus.UNKNOWN):
            return False
        try:
            if status is not TransactionStatus.IDLE:
                connection.rollback()
            if reset:
                connection.autocommit = True
                connection.execute("DISCARD ALL")
        except psycopg.Error:
            return False
        return True

    def _drop(self, connection: RawConnection) -> None:
        connection.close()
        with self._changed:
            self._total -= 1
            self._changed.notify()

    def forget(self, key_prefix: str) -> None:
        """Close the resting connections whose key starts with `key_prefix`: a shop that moved, or is to be dropped."""
        with self._changed:
            gone = [connection for key, connection in self._resting.values() if key.startswith(key_prefix)]
            for connection in gone:
                key, _ = self._resting.pop(id(connection))
                self._by_key.pop(key, None)
            self._total -= len(gone)
            self._changed.notify_all()
        for connection in gone:
            connection.close()

    def use(self) -> PoolUse:
        with self._changed:
            idle = len(self._resting)
            return PoolUse(leased=self._total - idle, idle=idle, limit=self.limit)


def _is_live(connection: RawConnection) -> bool:
    """Whether a resting connection still stands; without a round trip, for a server that left makes it readable."""
    if connection.closed:
        return False
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    if not poll.poll(0):
        return True
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
