"""Which shops something happened in lately, so that rounds pass by those where nothing can have come up.

A process that changes a row of a shop says so, at most once a minute for each shop; the shop is awake for a quarter of
an hour then, and recurring jobs visit it as often as they like. A shop that sleeps is looked after once when it falls
asleep, when something falls due in it (`ShopHooks.next_moments`), and once an hour, for what was said to nobody: a
process that was killed, a Redis that was down. So these keys may be lost at any time.
"""

import logging
import time
from collections.abc import Iterable
from uuid import UUID

import redis
from django.conf import settings

from platform_core.tenancy import outbox_lag
from platform_core.tenancy.quick_redis import RedisUnavailable, ask

AWAKE_SECONDS = 15 * 60
SAY_AGAIN_SECONDS = 60.0
LOOK_EVERY_SECONDS = 3600
# Shops that nobody has looked after yet, all of them after Redis lost its keys, begin within so long.
SPREAD_SECONDS = 600
LARGEST_MAP = 20_000

_said: dict[UUID, float] = {}
logger = logging.getLogger(__name__)


def wake(tenant_id: UUID) -> None:
    """Say that something happened in a shop. Costs nothing if it was said within the last minute; never fails."""
    now = time.monotonic()
    if now - _said.get(tenant_id, -SAY_AGAIN_SECONDS) < SAY_AGAIN_SECONDS:
        return
    if len(_said) >= LARGEST_MAP:
        _said.clear()
    _said[tenant_id] = now
    try:
        at = time.time()
        ask("ZADD", _awake(), "GT", at + AWAKE_SECONDS, tenant_id.hex)
        outbox_lag.may_wait_from(tenant_id, at)
    except RedisUnavailable:
        _said.pop(tenant_id, None)
    except redis.ResponseError as error:  # its memory is full, or its disk is: it is asked again in a minute
        logger.warning("Redis does not take that %s is awake: %s", tenant_id, error)


def awake(now: float) -> set[UUID]:
    """The shops that are awake at `now` (seconds since 1970). Errors: RedisUnavailable."""
    return {_id(name) for name in ask("ZRANGEBYSCORE", _awake(), now, "+inf", insist=True)}


def due_looks(now: float, shops: Iterable[UUID]) -> list[UUID]:
    """Those of `shops`, of all that are open, that sleep and are due to be looked after at `now`, the longest waiting
    first; whoever asks next gets them an hour later, or when `look_at` says. Errors: RedisUnavailable.
    """
    for name in ask("ZRANGEBYSCORE", _awake(), "-inf", f"({now}", insist=True):
        ask("ZADD", _looks(), "LT", now, name)
    ask("ZREMRANGEBYSCORE", _awake(), "-inf", f"({now}")
    still_awake, known = awake(now), _known_looks()
    due, shops = [], list(shops)
    outbox_lag.keep_only(set(shops))
    for shop in shops:
        at = known.pop(shop, None)
        if at is None:
            ask("ZADD", _looks(), "NX", now + shop.int % SPREAD_SECONDS, shop.hex)
        elif at <= now and shop not in still_awake:
            due.append((at, shop))
    if known:
        ask("ZREM", _looks(), *(shop.hex for shop in known))
    for _, shop in due:
        look_at(shop, now + LOOK_EVERY_SECONDS)
    return [shop for _, shop in sorted(due)]


def look_at(tenant_id: UUID, at: float) -> None:
    """The shop is to be looked after at `at` (seconds since 1970). Errors: RedisUnavailable."""
    ask("ZADD", _looks(), at, tenant_id.hex)


def forget_all() -> None:
    """Nobody is awake, nobody was looked after. Errors: RedisUnavailable."""
    _said.clear()
    ask("DEL", _awake(), _looks(), insist=True)
    outbox_lag.forget_all()


def _known_looks() -> dict[UUID, float]:
    found = ask("ZRANGE", _looks(), 0, -1, "WITHSCORES")
    if found and not isinstance(found[0], list):  # as older servers say it
        found = list(zip(found[::2], found[1::2], strict=True))
    return {_id(name): float(score) for name, score in found}


def _id(name: bytes) -> UUID:
    return UUID(name.decode())


def _awake() -> str:
    return f"{settings.DATABASE_PREFIX}awake"


def _looks() -> str:
    return f"{settings.DATABASE_PREFIX}looks"
