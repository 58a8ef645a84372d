"""Noting what happened in shops: into the process's own memory, and from there to Redis every few seconds.

So that no request waits for it. What a process noted and has not sent is lost when it is killed, and what it sends
while Redis is down is lost, too: for figures to go by.
"""

import atexit
import logging
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

import redis

from platform_core.tenancy.context import TenantInfo, current_tenant

# Seconds between two words with Redis.
PAUSE = 2.0

logger = logging.getLogger(__name__)
Thing = TypeVar("Thing")


class Noting(Generic[Thing]):
    """Notes of one kind, of which a process keeps `most` at once, in `waiting`.

    `send` is given a shop and what was noted there; it may fail with `redis.RedisError`, and `lost` is what the log
    says then. `name` is the thread's.
    The thread that sends begins with the first note of a process. A child that is forked has its own, and sends nothing
    that its parent noted.
    """

    def __init__(self, name: str, send: Callable[[TenantInfo, list[Thing]], object], *, most: int, lost: str) -> None:
        self._name, self._send, self.most, self._lost = name, send, most, lost
        self.waiting: deque[tuple[TenantInfo, Thing]] = deque()
        self._sending, self._start = threading.Lock(), threading.Lock()
        self._sender_of: int | None = None
        self._is_lost = False
        os.register_at_fork(after_in_child=self._forget_after_fork)
        atexit.register(self._send_the_rest)

    def note(self, thing: Thing) -> None:
        """It happened in the active shop. Costs a microsecond, and no answer."""
        if len(self.waiting) < self.most:
            self.waiting.append((current_tenant(), thing))
        if self._sender_of is None:
            self._start_sender()

    def send(self) -> None:
        """Send what was noted until now. While Redis is down it is lost, and said once."""
        with self._sending:
            by_shop: dict[str, tuple[TenantInfo, list[Thing]]] = {}
            for shop, thing in [self.waiting.popleft() for _ in range(len(self.waiting))]:
                by_shop.setdefault(shop.alias, (shop, []))[1].append(thing)
            try:
                for shop, things in by_shop.values():
                    self._send(shop, things)
                self._is_lost = self._is_lost and not by_shop
            except redis.RedisError as error:
                if not self._is_lost:
                    logger.warning("%s while Redis is down: %s", self._lost, error)
                self._is_lost = True

    def _start_sender(self) -> None:
        with self._start:
            if self._sender_of is None:
                self._sender_of = os.getpid()
                threading.Thread(target=self._send_on_and_on, name=self._name, daemon=True).start()

    def _send_on_and_on(self) -> None:
        pause = threading.Event()
        while not pause.wait(PAUSE):
            try:
                self.send()
            except Exception:
                logger.exception("%s could not be sent", self._name)

    def _forget_after_fork(self) -> None:
        self.waiting.clear()
        self._sender_of, self._sending, self._start = None, threading.Lock(), threading.Lock()

    def _send_the_rest(self) -> None:
        if self.waiting:
            self.send()
