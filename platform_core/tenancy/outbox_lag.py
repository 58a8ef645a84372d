"""Since when something may wait in the outboxes of shops, without asking any shop's database.

Redis has a moment for each shop that is awake: whatever was promised until then is delivered. Whoever wakes a shop
writes it down unless it stands there, the relay moves it on, looking after a shop that fell asleep takes it away. So
it grows old where a promise cannot be kept, and where nobody looks any more. The keys may be lost at any time.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import redis
from django.apps import apps
from django.conf import settings

from platform_core.tenancy.quick_redis import RedisUnavailable, ask

# Shops with the oldest moments that are asked for: some may have been closed since.
ASKED_FOR = 100


def may_wait_from(tenant_id: UUID, at: float) -> None:
    """From `at` (seconds since 1970) on something may wait in the shop, unless it did before.

    Errors: RedisUnavailable.
    """
    ask("ZADD", _key(), "NX", at, tenant_id.hex)


def settled_until(tenant_id: UUID, now: datetime, *, oldest: datetime | None) -> None:
    """What waits in the shop at `now` was promised at `oldest` or later; None when nothing waits. Never fails."""
    # Nobody awaits anything of a shop that sleeps and has nothing that waits.
    only_known = ["XX"] if oldest is None else []
    try:
        ask("ZADD", _key(), *only_known, (oldest or now).timestamp(), tenant_id.hex)
    except (RedisUnavailable, redis.ResponseError):
        return  # the next round says it


def all_settled(tenant_id: UUID) -> None:
    """Nothing waits in the shop, and nobody is about to promise anything. Never fails."""
    try:
        ask("ZREM", _key(), tenant_id.hex)
    except (RedisUnavailable, redis.ResponseError):
        return  # the next time that it is looked after


def keep_only(shops: Collection[UUID]) -> None:
    """Forget all but `shops`: what waits in a shop that is closed waits rightly. Errors: RedisUnavailable."""
    gone = [name for name in ask("ZRANGE", _key(), 0, -1) if UUID(name.decode()) not in shops]
    if gone:
        ask("ZREM", _key(), *gone)


def longest_wait(now: datetime) -> tuple[float, str]:
    """Seconds since the oldest moment, and the shop that it is of; 0 and no name while nobody is awake. One statement.

    Errors: RedisUnavailable; DatabaseError.
    """
    # Names and scores in turn; servers of the newer protocol put the two into pairs.
    flat: list[bytes] = []
    for part in ask("ZRANGE", _key(), 0, ASKED_FOR - 1, "WITHSCORES", insist=True):
        flat.extend(part if isinstance(part, list) else [part])
    moments = {UUID(name.decode()): float(score) for name, score in zip(flat[::2], flat[1::2], strict=True)}
    model = apps.get_model("platform_core", "Tenant")
    open_shops = model.objects.filter(pk__in=moments, status="active", availability="open")
    slugs = dict(open_shops.values_list("pk", "slug"))
    oldest = min(slugs, key=lambda shop: moments[shop], default=None)
    if oldest is None:
        return 0.0, ""
    return max(0.0, now.timestamp() - moments[oldest]), slugs[oldest]


def forget_all() -> None:
    """Nobody is waited for. Errors: RedisUnavailable."""
    ask("DEL", _key(), insist=True)


def _key() -> str:
    return f"{settings.DATABASE_PREFIX}outbox-settled-until"
