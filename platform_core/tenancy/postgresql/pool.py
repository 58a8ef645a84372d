"""One pool of connections for all shops of a process."""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from platform_core.tenancy.errors import ConnectionsExhausted
from platform_core.tenancy.postgresql.connection import ShopConnection


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
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting = 0
        # By id of the connection, oldest first; and the same connections by key, newest last.
        self._resting: OrderedDict[int, tuple[str, ShopConnection]] = OrderedDict()
        self._by_key: dict[str, list[ShopConnection]] = {}
        self._total = 0

    def lease(self, key: str, connect: Callable[[], ShopConnection]) -> ShopConnection:
        """A live connection for `key`: one at rest, or a new one from `connect`.

        Errors: ConnectionsExhausted when every connection stayed busy for `wait` seconds; whatever `connect` raises.
        """
        resting = self.lease_resting(key)
        if resting is not None:
            return resting
        taken, evicted = self._take(key)
        if evicted is not None:
            evicted.close()
        if taken is not None:
            if taken.is_live():
                return taken
            taken.close()  # its place is kept for the new one
        try:
            return connect()
        except BaseException:
            self._give_place_back()
            raise

    def lease_resting(self, key: str) -> ShopConnection | None:
        """A live connection for `key` that is at rest now; None when there is none."""
        while True:
            with self._lock:
                resting = self._by_key.get(key)
                if not resting:
                    return None
                connection = self._pop(key, resting)
            if connection.is_live():
                return connection
            self._drop(connection)

    def _take(self, key: str) -> tuple[ShopConnection | None, ShopConnection | None]:
        """A resting connection, or (None, …) with room reserved for a new one; second, one to close for it."""
        deadline: float | None = None
        with self._lock:
            while True:
                resting = self._by_key.get(key)
                if resting:
                    return self._pop(key, resting), None
                if self._total < self.limit:
                    self._total += 1
                    return None, None
                if self._resting:
                    return None, self._pop_oldest()
                deadline = deadline or time.monotonic() + self.wait
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._wait(remaining):
                    raise ConnectionsExhausted(self.limit, self.wait)

    def _wait(self, seconds: float) -> bool:
        self._waiting += 1
        try:
            return self._changed.wait(seconds)
        finally:
            self._waiting -= 1

    def _pop(self, key: str, resting: list[ShopConnection]) -> ShopConnection:
        connection = resting.pop()
        if not resting:
            del self._by_key[key]
        del self._resting[id(connection)]
        return connection

    def _pop_oldest(self) -> ShopConnection:
        _, (key, connection) = self._resting.popitem(last=False)
        siblings = self._by_key[key]
        siblings.remove(connection)
        if not siblings:
            del self._by_key[key]
        return connection

    def give_back(self, key: str, connection: ShopConnection) -> None:
        """Take `connection` in: rolled back and its session reset if need be, closed when it is not sound."""
        if not connection.make_sound():
            self._drop(connection)
            return
        with self._lock:
            self._resting[id(connection)] = (key, connection)
            self._by_key.setdefault(key, []).append(connection)
            if self._waiting:
                self._changed.notify()

    def _drop(self, connection: ShopConnection) -> None:
        connection.close()
        self._give_place_back()

    def _give_place_back(self) -> None:
        with self._lock:
            self._total -= 1
            self._changed.notify()

    def forget(self, key_prefix: str) -> None:
        """Close the resting connections whose key starts with `key_prefix`: a shop that moved, or is to be dropped."""
        with self._lock:
            gone = [connection for key, connection in self._resting.values() if key.startswith(key_prefix)]
            for connection in gone:
                key, _ = self._resting.pop(id(connection))
                self._by_key.pop(key, None)
            self._total -= len(gone)
            self._changed.notify_all()
        for connection in gone:
            connection.close()

    def use(self) -> PoolUse:
        with self._lock:
            idle = len(self._resting)
            return PoolUse(leased=self._total - idle, idle=idle, limit=self.limit)
