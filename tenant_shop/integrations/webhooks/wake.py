"""Waking the relay of a shop: at once when something happened, later when something is due again.

The message only makes it quick. What is lost, with a broker or a process, is found by the recurring job.
"""

import logging
from datetime import datetime

import redis
from celery import current_app
from kombu.exceptions import OperationalError

from platform_core.tenancy import quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.due_tasks import due_at
from platform_core.tenancy.quick_redis import RedisUnavailable

TASK = "integrations.relay"
# What the shop's database tells (trigger `tell_of_events`).
TOLD = "events"
# One message that nobody has taken yet is enough for all that happens meanwhile; one that was lost counts so long.
QUEUED_FOR = 60

logger = logging.getLogger(__name__)


def hear(text: str) -> None:
    """Wake the relay when the shop's database tells that an event was committed."""
    if text == TOLD:
        wake_relay()


def wake_relay() -> None:
    """Have the active shop's relay run as soon as a worker is free. Never fails."""
    try:
        if not quick_redis.ask("SET", _queued(), "1", "NX", "EX", QUEUED_FOR):
            return
    except (RedisUnavailable, redis.ResponseError):
        pass  # nobody can say whether a message waits already
    _send()


def relay_begins() -> None:
    """From here on a new event needs a new message. Called before the relay looks."""
    try:
        quick_redis.ask("DEL", _queued())
    except (RedisUnavailable, redis.ResponseError):
        logger.debug("the relay's mark stays until it expires")


def wake_at(moment: datetime) -> None:
    """Have the relay run then, unless it does so sooner anyway. Never fails."""
    try:
        due_at(current_tenant().id, TASK, moment.timestamp())
    except (RedisUnavailable, redis.ResponseError):
        logger.debug("when webhooks are due again could not be noted: a round finds them")


def _send() -> None:
    try:
        current_app.tasks[TASK].apply_async()
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); webhooks wait for the next round", error)


def _queued() -> str:
    return fenced_key("webhooks-queued", "", 1)
