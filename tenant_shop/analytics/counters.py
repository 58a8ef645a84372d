"""Page views and visitors of a shop's day, counted in Redis: a number, and a sketch that cannot be read backwards.

A visitor is a digest of address and browser under a secret of that shop and that day. The secret is forgotten a day
later, and the sketch (a HyperLogLog) only knows about how many different digests it was shown: who came, and whether
somebody came again on another day or to another shop, nobody can tell any more (docs/analytics.md).
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.context import TenantInfo, tenant_context

# Until a rollup has them, even one that could not be done for some days.
KEPT_FOR = timedelta(days=8)
SECRET_KEPT_FOR = timedelta(hours=26)
# Seconds.
ANSWER_WITHIN = 0.5
Visitor = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DayCount:
    """What was counted of one day. Visitors are an estimate, within a per cent or two."""

    views: int
    visitors: int


def count(shop: TenantInfo, day: date, *, views: int, visitors: Collection[Visitor]) -> None:
    """Add to what is counted of `day`; a visitor is an address and the name of a browser. Errors: redis.RedisError."""
    with tenant_context(shop):
        views_key, visitors_key = _keys(day)
        secret = _secret(day)
    digests = [_digest(secret, visitor) for visitor in visitors]
    with _client().pipeline(transaction=False) as together:
        together.incrby(views_key, views)
        together.pfadd(visitors_key, *digests)
        together.expire(views_key, KEPT_FOR)
        together.expire(visitors_key, KEPT_FOR)
        together.execute()


def counted(days: Iterable[date]) -> Mapping[date, DayCount]:
    """What was counted in the active shop on these days. One round trip. Errors: redis.RedisError."""
    wanted = list(days)
    with _client().pipeline(transaction=False) as together:
        for day in wanted:
            views_key, visitors_key = _keys(day)
            together.get(views_key)
            together.pfcount(visitors_key)
        answers = together.execute()
    pairs = zip(answers[::2], answers[1::2], strict=True)
    return {day: DayCount(int(views or 0), visitors) for day, (views, visitors) in zip(wanted, pairs, strict=True)}


def _keys(day: date) -> tuple[str, str]:
    return fenced_key(f"page-views:{day}", "", 1), fenced_key(f"visitors:{day}", "", 1)


def _secret(day: date) -> bytes:
    """The active shop's secret of a day, the same for every process; made when it is first asked for."""
    key = fenced_key(f"visitors-secret:{day}", "", 1)
    with _client().pipeline() as at_once:
        at_once.set(key, secrets.token_bytes(32), nx=True, ex=SECRET_KEPT_FOR)
        at_once.get(key)
        return bytes(at_once.execute()[1])


def _digest(secret: bytes, visitor: Visitor) -> bytes:
    return hashlib.blake2b("\0".join(visitor).encode("utf-8", "replace"), key=secret, digest_size=8).digest()


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=ANSWER_WITHIN,
        socket_timeout=ANSWER_WITHIN,
    )
