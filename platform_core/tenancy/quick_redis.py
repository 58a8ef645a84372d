"""Redis in the path of every page: an answer within a tenth of a second, or none.

Each thread keeps one connection of its own. The library's client takes four times the processor's time for the same
answer, with locks, retries and statistics that this path has no use for.
"""

import logging
import os
import threading
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.connection import AbstractConnection, ConnectionPool
from redis.retry import Retry

# Seconds. A page is rendered sooner than this; waiting longer for its copy would not be worth it.
ANSWER_WITHIN = 0.1
# Seconds that a process leaves a server alone that did not answer, so that its visitors do not wait in turn.
PAUSE = 1.0

logger = logging.getLogger(__name__)


class RedisUnavailable(Exception):
    """The server did not answer, or did not a moment ago."""


class _Thread(threading.local):
    connection: AbstractConnection | None = None


_thread = _Thread()
_resume_at = 0.0


def _forget_connections() -> None:
    global _thread
    _thread = _Thread()


os.register_at_fork(after_in_child=_forget_connections)


def ask(*command: Any, insist: bool = False) -> Any:
    """The server's reply, texts as bytes. `insist` asks even a server that did not answer a moment ago.

    A command may be sent twice when its connection was lost. Errors: RedisUnavailable; redis.ResponseError.
    """
    global _resume_at
    if not insist and time.monotonic() < _resume_at:
        raise RedisUnavailable
    try:
        try:
            return _exchange(command)
        except redis.ConnectionError:  # at rest since the server was restarted, perhaps
            return _exchange(command)
    except (redis.ConnectionError, redis.TimeoutError) as error:
        _resume_at = time.monotonic() + PAUSE
        logger.warning("Redis does not answer, it is left alone for %s s: %s", PAUSE, error)
        raise RedisUnavailable from error


def resume() -> None:
    """Ask again at once."""
    global _resume_at
    _resume_at = 0.0


def _exchange(command: tuple[Any, ...]) -> Any:
    connection = _thread.connection
    if connection is None:
        connection = _thread.connection = _connect(settings.REDIS_URL)
    try:
        connection.send_command(*command)  # type: ignore[no-untyped-call]
        return connection.read_response()
    except redis.ResponseError:
        raise
    except BaseException:
        # A late answer would be taken for the next one's.
        connection.disconnect()  # type: ignore[no-untyped-call]
        _thread.connection = None
        raise


def _connect(url: str) -> AbstractConnection:
    pool = _pool(url)
    connection: AbstractConnection = pool.connection_class(**pool.connection_kwargs)
    return connection


@cache
def _pool(url: str) -> ConnectionPool:
    """Never used as a pool: how to read an address is the library's business."""
    return ConnectionPool.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=ANSWER_WITHIN, socket_timeout=ANSWER_WITHIN
    )
