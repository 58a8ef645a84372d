"""The catalogue's version as every process knows it: in Redis, so that a page costs no statement.

A commit that raised it says so at once: the database tells the connection that commits, whatever code it runs for.
What is known is believed for a few seconds only, and then read again: for edits by other programs, and for a process
that was killed between its commit and its word.
"""

import logging
from typing import Any

import redis

from platform_core.tenancy import quick_redis
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.quick_redis import RedisUnavailable
from tenant_shop.catalog.version import stored_version

# Milliseconds that a version is believed without hearing of another.
BELIEVED_FOR = 10_000
TOLD = "catalogue_version "

# It is only ever raised. `asked_at` is the server's time before the version was read from the database, 0 for one that
# was just committed: what is read late counts from then, and not at all once a newer one may have come and gone.
RAISE = """
local left = tonumber(ARGV[2])
if ARGV[3] ~= '0' then
    local now = redis.call('TIME')
    left = left - (now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(ARGV[3]))
end
local known = redis.call('GET', KEYS[1])
if left > 0 and not (known and tonumber(known) >= tonumber(ARGV[1])) then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', left)
end
"""

logger = logging.getLogger(__name__)


def version_key() -> str:
    """The active shop's key in Redis."""
    return fenced_key("catalogue-version", "", 1)


def hear(text: str) -> None:
    """Take from what the shop's database told the version that its commit raised, and let every process know.

    While Redis is down the others learn it when they stop believing the old one.
    """
    if not text.startswith(TOLD):
        return
    try:
        try:
            _raise(int(text.removeprefix(TOLD)), asked_at=0, insist=True)
        except redis.ResponseError:  # it is full: forgetting needs no room
            quick_redis.ask("DEL", version_key(), insist=True)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.warning("a new version of the catalogue could not be announced: %s", error)


def learn_version() -> int | None:
    """The version from the database, made known to every process; None while Redis does not answer. One SELECT."""
    try:
        seconds, microseconds = quick_redis.ask("TIME")
        version = stored_version()
        _raise(version, asked_at=int(seconds) * 1000 + int(microseconds) // 1000)
    except (RedisUnavailable, redis.ResponseError) as error:
        logger.debug("the version of the catalogue cannot be shared: %s", error)
        return None
    return version


def _raise(version: int, *, asked_at: int, **how: Any) -> None:
    quick_redis.ask("EVAL", RAISE, 1, version_key(), version, BELIEVED_FOR, asked_at, **how)
