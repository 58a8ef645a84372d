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
# How often since the relay began: the first time needs a message, and a relay that is at work sees the rest.
COUNT = """
local times = redis.call('INCR', KEYS[1])
if times == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return times
"""

logger = logging.getLogger(__name__)


def hear(text: str) -> None:
    """Wake the relay when the shop's database tells that an event was committed."""
    if text == TOLD:
        wake_relay()


def wake_relay() -> None:
    """Have the active shop's relay run as soon as a worker is free. Never fails."""
    try:
        if quick_redis.ask("EVAL", COUNT, 1, _queued(), QUEUED_FOR) != 1:
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


def times_woken() -> int:
    """How often the relay was woken since one began. 0 when nobody can say."""
    try:
        return int(quick_redis.ask("GET", _queued()) or 0)
    except (RedisUnavailable, redis.ResponseError):
        return 0


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
