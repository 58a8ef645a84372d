"""Noting calls: into the process's own memory, from there to Redis every few seconds, and to the shop by a job.

So that a call waits for nothing and writes nothing. What a process noted and has not sent is lost when it is killed,
and what it sends while Redis is down is lost, too: no program may wait for this.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo

import redis
from django.conf import settings
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from platform_core.tenancy.awake import wake
from platform_core.tenancy.cache import fenced_key
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.noting import Noting

# Seconds that Redis has to answer.
ANSWER_WITHIN = 0.5
# In a process; and in Redis for one shop, until the job has them.
MOST_WAITING, MOST_KEPT = 20_000, 10_000
KEPT_FOR = timedelta(days=8)


@dataclass(frozen=True, slots=True)
class NotedCall:
    """A call with the key `key_id`, at `at` (ISO 8601); as `ApiCall` has it."""

    id: str
    at: str
    key_id: str
    method: str
    path: str
    status: int
    code: str
    duration_ms: int
    request_id: str


def note_call(call: NotedCall) -> None:
    """The active shop was called. Costs a microsecond, and no answer."""
    CALLS.note(call)


def send_calls() -> None:
    """Send what was noted until now. While Redis is down it is lost, and said once."""
    CALLS.send()


def _send(shop: TenantInfo, calls: list[NotedCall]) -> None:
    day = timezone.now().astimezone(ZoneInfo(shop.timezone)).date()
    with tenant_context(shop):
        log, count = log_key(), count_key(day)
    with client().pipeline(transaction=False) as together:
        for call in calls:
            together.xadd(log, {"call": json.dumps(asdict(call))}, maxlen=MOST_KEPT, approximate=True)
        together.incrby(count, len(calls))
        together.expire(log, KEPT_FOR)
        together.expire(count, KEPT_FOR)
        together.execute()
    wake(shop.id)  # so that the job comes by


def log_key() -> str:
    """Where the active shop's calls wait: a stream."""
    return fenced_key("api-log", "", 1)


def count_key(day: date) -> str:
    """Where they are counted by day."""
    return fenced_key(f"api-calls:{day}", "", 1)


@cache
def client() -> redis.Redis:
    """A client that gives up at once."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        retry=Retry(NoBackoff(), 0),
        socket_connect_timeout=ANSWER_WITHIN,
        socket_timeout=ANSWER_WITHIN,
    )


def made(fields: dict[bytes, bytes]) -> NotedCall:
    """The call that an entry of the stream is about."""
    return NotedCall(**json.loads(fields[b"call"]))


def key_of(call: NotedCall) -> UUID:
    return UUID(call.key_id)


CALLS: Noting[NotedCall] = Noting("api-calls", _send, most=MOST_WAITING, lost="calls of the API are not noted")
