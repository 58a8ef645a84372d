"""From Redis into the shop: the last calls, when each key was used, and how many calls there were on a day.

Safe to repeat and at any time, by several at once: a call is written under its own id, a day's number only grows, and
what was read leaves Redis once it is written.
"""

import logging
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import redis
from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.tasks import TenantTask
from tenant_shop.integrations.calls.models import ApiCall
from tenant_shop.integrations.calls.note import KEPT_FOR, client, count_key, key_of, log_key, made
from tenant_shop.integrations.keys.models import ApiKey

AT_ONCE = 1_000
SHOWN_FOR = timedelta(days=7)
MOST_SHOWN = 10_000
KEEP_COUNTS = """
INSERT INTO api_usage AS kept (day, calls)
SELECT day, calls FROM unnest(%s::date[], %s::int[]) AS told (day, calls) ORDER BY day
ON CONFLICT (day) DO UPDATE SET calls = EXCLUDED.calls WHERE kept.calls < EXCLUDED.calls
"""
# Also of a shop that is called all day there are so many rows, and no more.
TOO_OLD = """
DELETE FROM api_calls WHERE at <= %s OR id IN (SELECT id FROM api_calls ORDER BY at DESC, id DESC OFFSET %s)
"""

logger = logging.getLogger(__name__)


def collect_calls(now: datetime) -> int:
    """Write down what waits for the active shop; how many calls. Errors: redis.RedisError."""
    written = 0
    while entries := _waiting():
        calls = [made(fields) for _, fields in entries]
        ApiCall.objects.bulk_create(
            (
                ApiCall(
                    id=UUID(call.id),
                    at=datetime.fromisoformat(call.at),
                    key_id=key_of(call),
                    method=call.method,
                    path=call.path,
                    status=call.status,
                    code=call.code,
                    duration_ms=call.duration_ms,
                    request_id=call.request_id,
                )
                for call in calls
            ),
            ignore_conflicts=True,
        )
        _note_uses(calls)
        client().xtrim(log_key(), minid=_after(entries[-1][0]), approximate=False)
        written += len(calls)
    keep_counts(now)
    with shop_connection().cursor() as cursor:
        cursor.execute(TOO_OLD, [now - SHOWN_FOR, MOST_SHOWN])
    return written


def _waiting() -> list[tuple[bytes, dict[bytes, bytes]]]:
    found: Any = client().xrange(log_key(), count=AT_ONCE)
    return list(found)


def keep_counts(now: datetime) -> None:
    """Write down how many calls there were on each of the last days. Errors: redis.RedisError."""
    today = now.astimezone(ZoneInfo(current_tenant().timezone)).date()
    days = [today - timedelta(days=number) for number in range(KEPT_FOR.days)]
    counts: dict[date, int] = {
        day: int(count)
        for day, count in zip(days, client().mget([count_key(day) for day in days]), strict=True)
        if count is not None
    }
    if counts:
        with shop_connection().cursor() as cursor:
            cursor.execute(KEEP_COUNTS, [list(counts), list(counts.values())])


def _note_uses(calls: list[Any]) -> None:
    last: dict[UUID, datetime] = {}
    for call in calls:
        at = datetime.fromisoformat(call.at)
        last[key_of(call)] = max(at, last.get(key_of(call), at))
    for key_id, at in last.items():
        unknown = Q(last_used_at=None) | Q(last_used_at__lt=at)
        ApiKey.objects.filter(unknown, pk=key_id).update(last_used_at=at)


def _after(entry: bytes) -> str:
    """The id that comes after an entry's in a stream."""
    milliseconds, number = entry.decode().split("-")
    return f"{milliseconds}-{int(number) + 1}"


@shared_task(base=TenantTask, name="integrations.collect_calls")  # type: ignore[untyped-decorator]
def collect_calls_task() -> None:
    try:
        collect_calls(timezone.now())
    except redis.RedisError as error:
        logger.warning("calls of the API wait in Redis: %s", error)
