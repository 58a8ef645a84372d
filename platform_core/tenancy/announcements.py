"""Changes of shops, told to every process through Redis."""

import logging
import os
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


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, retry=Retry(NoBackoff(), 0), socket_connect_timeout=0.5, health_check_interval=30
    )


def publish(message: str) -> None:
    """Tell every listening process. When Redis is down the others learn it from their time to live instead."""
    try:
        _client().publish(CHANNEL, message)
    except redis.RedisError as error:
        logger.warning("a change of shop %s could not be announced: %s", message, error)


def listen(on_change: Callable[[str], None], on_gap: Callable[[], None]) -> None:
    """Start this process's listener unless it runs: `on_change` hears each message.

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
        try:
            with _client().pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                channel.subscribe(CHANNEL)
                on_gap()
                for message in channel.listen():
                    on_change(message["data"].decode())
        except (redis.RedisError, OSError) as error:
            logger.debug("not hearing changes of shops: %s", error)
            pause.wait(PAUSE)
