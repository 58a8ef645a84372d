"""Changes of shops and of their plans, told to every process through Redis."""

import atexit
import logging
import os
import secrets
import threading
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

CHANNEL = "smartseller:tenant-changed"
# Seconds between attempts to hear again after Redis went away.
PAUSE = 1.0

logger = logging.getLogger(__name__)
_listening_in: int | None = None
_start = threading.Lock()
# The listener holds it while it works on its client's pool. A process that ended in the middle of that would wait for
# ever: the client is taken apart at the very end, needs the pool's lock, and the thread that holds it is gone.
_leaving = threading.Lock()
LONGEST_HOLD = 1.0
_BORN = secrets.token_hex(8)


@cache
def _client(answer_within: float | None) -> redis.Redis:
    """A client that gives up at once; `answer_within` is in seconds, None waits for a message as long as it takes."""
    return redis.Redis.from_url(
        settings.REDIS_URL, retry=Retry(NoBackoff(), 0), socket_connect_timeout=0.5, socket_timeout=answer_within
    )


def publish(message: str) -> None:
    """Tell every other process. When Redis is down they learn it from their time to live instead."""
    try:
        _client(0.5).publish(CHANNEL, f"{_own_name()} {message}")
    except redis.RedisError as error:
        logger.warning("a change of %s could not be announced: %s", message, error)


def listen(on_change: Callable[[str], None], on_gap: Callable[[], None]) -> None:
    """Start this process's listener unless it runs: `on_change` hears each message of another process.

    Its own it has acted on already: hearing it a moment later would make it read again what it has just read.

    `on_gap` is called when messages may have been missed (at the start and after each lost connection).
    """
    global _listening_in
    if _listening_in == os.getpid():
        return
    with _start:
        if _listening_in == os.getpid():
            return
        _listening_in = os.getpid()  # a forked child starts its own
        threading.Thread(target=_hear, args=(on_change, on_gap), name="tenant-announcements", daemon=True).start()


def _hear(on_change: Callable[[str], None], on_gap: Callable[[], None]) -> None:
    pause = threading.Event()
    while True:
        channel = _client(None).pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        try:
            with _leaving:
                channel.subscribe(CHANNEL)
            on_gap()
            for message in channel.listen():
                sender, _, text = message["data"].decode().partition(" ")
                if sender != _own_name():
                    on_change(text)
        except (redis.RedisError, OSError) as error:
            logger.debug("not hearing changes of shops: %s", error)
            with _leaving:
                channel.close()
            pause.wait(PAUSE)


def _own_name() -> str:
    """This process among all that share the Redis, on any machine; a forked child has a name of its own."""
    return f"{_BORN}.{os.getpid()}"


def _leave() -> None:
    """The process ends: from here on the listener touches no lock of its client."""
    _leaving.acquire(timeout=LONGEST_HOLD)


def _forget_after_fork() -> None:
    """The parent's listener may have held it at that moment, and is not here to let it go."""
    global _leaving
    _leaving = threading.Lock()


atexit.register(_leave)
os.register_at_fork(after_in_child=_forget_after_fork)
