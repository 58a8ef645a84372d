"""How often the API may be called: as many calls an hour as the bucket holds, which fills again evenly.

Whoever made none for an hour may make all of them at once. One round trip to Redis, one script, whose clock counts for
every process (GCRA: a bucket is one moment, when it will be full again).
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha1

import redis

from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.quick_redis import RedisUnavailable, ask

HOUR = 3_600_000_000
# Buckets that a process keeps itself while Redis is away.
MOST_OWN = 10_000

# KEYS: buckets. ARGV: now (microseconds since 1970, 0: ask the clock here), then how many calls an hour each has.
# All give one call, or none does. Answer: which one decided (from 1), whether there was a call left, how many there
# are, and in how many microseconds the bucket is full again, and has another call.
TAKE = """
local now = tonumber(ARGV[1])
if now == 0 then
  local clock = redis.call('TIME')
  now = clock[1] * 1000000 + clock[2]
end
local full, least, answer = {}, nil, nil
for place, key in ipairs(KEYS) do
  local limit = tonumber(ARGV[place + 1])
  local each = 3600000000 / limit
  local at = math.max(tonumber(redis.call('GET', key) or now), now) + each
  local wait = at - 3600000000 - now
  if wait > 0.5 then
    return {place, 0, 0, string.format('%.0f', at - each - now), string.format('%.0f', wait)}
  end
  local left = math.floor((3600000000 - (at - now)) / each + 0.000001)
  if least == nil or left < least then
    least, answer = left, {place, 1, left, string.format('%.0f', at - now), '0'}
  end
  full[place] = at
end
for place, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', full[place]), 'PX', math.ceil((full[place] - now) / 1000) + 1000)
end
return answer
"""
_SHA = sha1(TAKE.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Bucket:
    """Calls that are counted together: `calls` an hour, at least one."""

    key: str
    calls: int


def bucket_of_programs(calls: int) -> Bucket:
    """The active shop's, for all of its secret keys."""
    return Bucket(fenced_key("api-calls", "", 1), calls)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What became of a call, by the bucket that decided. `full_in` and `retry_in` are in seconds, rounded up."""

    is_granted: bool
    limit: int
    left: int
    full_in: int
    retry_in: int


def take_call(buckets: Sequence[Bucket]) -> Allowance:
    """Take one call from each of the buckets, or none when one is empty.

    While Redis is away, or has no room, this process counts for itself: with several processes that is more than the
    plan says, never less, and nobody is without an API for the sake of counting.
    """
    try:
        place, granted, left, full_in, retry_in = _ask(buckets)
    except (RedisUnavailable, redis.ResponseError):
        return _own.take(buckets)
    return Allowance(bool(granted), buckets[place - 1].calls, left, _seconds(float(full_in)), _seconds(float(retry_in)))


def calls_in_use(bucket: Bucket) -> int | None:
    """How many of its calls are not there again yet; None while Redis is away. Takes none."""
    try:
        kept = ask("GET", bucket.key)
        seconds, microseconds = ask("TIME")
    except (RedisUnavailable, redis.ResponseError):
        return None
    now = _now() or int(seconds) * 1_000_000 + int(microseconds)
    return max(0, math.ceil((float(kept or 0) - now) / (HOUR / bucket.calls) - 0.000001))


def _ask(buckets: Sequence[Bucket]) -> tuple[int, int, int, bytes, bytes]:
    rest = (len(buckets), *(bucket.key for bucket in buckets), _now(), *(bucket.calls for bucket in buckets))
    try:
        answer = ask("EVALSHA", _SHA, *rest)
    except redis.exceptions.NoScriptError:
        answer = ask("EVAL", TAKE, *rest)
    return tuple(answer)


def _now() -> int:
    """Zero: Redis knows. Processes on several machines do not agree."""
    return 0


def _seconds(microseconds: float) -> int:
    return math.ceil(microseconds / 1_000_000)


class OwnBuckets:
    """The same arithmetic in the process's memory."""

    def __init__(self) -> None:
        self._full: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, buckets: Sequence[Bucket]) -> Allowance:
        now = time.monotonic() * 1_000_000
        with self._lock:
            taken = [(bucket, max(self._full.get(bucket.key, now), now) + HOUR / bucket.calls) for bucket in buckets]
            for bucket, full in taken:
                if full - HOUR - now > 0.5:
                    full_in, retry_in = _seconds(full - HOUR / bucket.calls - now), _seconds(full - HOUR - now)
                    return Allowance(is_granted=False, limit=bucket.calls, left=0, full_in=full_in, retry_in=retry_in)
            for bucket, full in taken:
                self._full[bucket.key] = full
                self._full.move_to_end(bucket.key)
            while len(self._full) > MOST_OWN:
                self._full.popitem(last=False)
        left, bucket, full = min(
            ((_left(bucket, full, now), bucket, full) for bucket, full in taken), key=lambda found: found[0]
        )
        return Allowance(is_granted=True, limit=bucket.calls, left=left, full_in=_seconds(full - now), retry_in=0)


def _left(bucket: Bucket, full: float, now: float) -> int:
    return math.floor((HOUR - (full - now)) / (HOUR / bucket.calls) + 0.000001)


_own = OwnBuckets()
