"""How long requests take: added up in each process, told to Redis once a minute, kept with the looks of the day."""

import logging
import threading
import time
from datetime import UTC, date, datetime, timedelta

import redis
from django.conf import settings
from django.db import connection

from platform_core.tenancy.quick_redis import RedisUnavailable, ask

PART = "responses"
# Seconds between two words of a process with Redis.
EVERY = 60.0
KEPT_SECONDS = 3 * 24 * 3600
KEEP = """
INSERT INTO health_days AS known (part, day, looks, looks_well, ms_sum, looked_at, is_well, since)
VALUES (%(part)s, %(day)s, %(count)s, %(count)s, %(ms)s, %(at)s, true, %(at)s)
ON CONFLICT (part, day) DO UPDATE SET
    looks = EXCLUDED.looks, looks_well = EXCLUDED.looks_well, ms_sum = EXCLUDED.ms_sum, looked_at = EXCLUDED.looked_at
WHERE EXCLUDED.looks >= known.looks
"""

logger = logging.getLogger(__name__)


class Responses:
    """Those of this process that Redis has not heard of. What it has not told when it is killed is lost: a minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count, self._microseconds, self._told_at = 0, 0, time.monotonic()

    def note(self, seconds: float) -> None:
        """A request took `seconds`. No answer is waited for, but once a minute Redis's."""
        with self._lock:
            self._count += 1
            self._microseconds += round(seconds * 1_000_000)
            if time.monotonic() - self._told_at < EVERY:
                return
        self.tell()

    def tell(self) -> None:
        """Say how many there were, and how long they took. While Redis is away it is said later."""
        with self._lock:
            count, microseconds = self._count, self._microseconds
            self._count, self._microseconds, self._told_at = 0, 0, time.monotonic()
        if not count:
            return
        key = _key(datetime.now(UTC).date())
        try:
            ask("HINCRBY", key, "count", count)
            ask("HINCRBY", key, "microseconds", microseconds)
            ask("EXPIRE", key, KEPT_SECONDS)
        except (RedisUnavailable, redis.ResponseError):
            with self._lock:
                self._count += count
                self._microseconds += microseconds


responses = Responses()


def keep_responses(now: datetime) -> None:
    """Write down what all processes have told of today, and of yesterday. Safe to repeat; two statements at most.

    What Redis has lost makes no day smaller.
    """
    for day in (now.astimezone(UTC).date(), now.astimezone(UTC).date() - timedelta(days=1)):
        try:
            count, microseconds = ask("HMGET", _key(day), "count", "microseconds")
        except (RedisUnavailable, redis.ResponseError) as error:
            logger.warning("how long requests took is not known while Redis is away: %s", error)
            return
        if count is None or microseconds is None:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                KEEP, {"part": PART, "day": day, "count": int(count), "ms": int(microseconds) / 1000, "at": now}
            )


def _key(day: date) -> str:
    return f"{settings.DATABASE_PREFIX}responses:{day.isoformat()}"
