"""Looking at every part of the platform, as a visitor would."""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import psycopg
from celery import shared_task
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from django_redis import get_redis_connection
from redis.exceptions import RedisError

from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.servers import owner_connection
from platform_core.status.models import HealthDay
from platform_core.status.responses import keep_responses

KEPT_FOR = timedelta(days=95)
FAULTS = (DatabaseError, InterfaceError, psycopg.Error, RedisError, OSError)
# A look stands for its minute. Workers that were away do all the looks at once that waited for them: those say how it
# is now, and nothing of the minutes in which nobody looked.
NOTE = """
INSERT INTO health_days AS known (part, day, looks, looks_well, ms_sum, looked_at, is_well, since)
SELECT %(part)s, %(day)s, 1, %(well)s::int, %(ms)s, %(at)s, %(well)s, COALESCE(
    (SELECT since FROM health_days WHERE part = %(part)s AND is_well = %(well)s AND day = (
        SELECT max(day) FROM health_days WHERE part = %(part)s)), %(at)s)
ON CONFLICT (part, day) DO UPDATE SET
    looks = known.looks + (known.looked_at <= %(before)s)::int,
    looks_well = known.looks_well + EXCLUDED.looks_well * (known.looked_at <= %(before)s)::int,
    ms_sum = known.ms_sum + EXCLUDED.ms_sum * (known.looked_at <= %(before)s)::int,
    looked_at = CASE WHEN known.looked_at <= %(before)s THEN EXCLUDED.looked_at ELSE known.looked_at END,
    is_well = EXCLUDED.is_well,
    since = CASE WHEN known.is_well = EXCLUDED.is_well THEN known.since ELSE EXCLUDED.since END
"""
HALF_A_MINUTE = timedelta(seconds=30)

logger = logging.getLogger(__name__)


def measure(now: datetime) -> dict[str, bool]:
    """Look at each part once, and write down how it fares; by part, whether it is well.

    That this is done at all says that jobs are: it is noted as a part of its own.
    """
    found = {part: _look(part, look, now) for part, look in _parts()}
    note("jobs", now, is_well=True, ms=0.0)
    HealthDay.objects.filter(day__lt=(now - KEPT_FOR).date()).delete()
    return {**found, "jobs": True}


def note(part: str, at: datetime, *, is_well: bool, ms: float) -> None:
    """Write a look down. It counts if the last one was half a minute before; how it is now, it says in any case. One
    statement."""
    facts: dict[str, Any] = {
        "part": part, "day": at.date(), "well": is_well, "ms": ms if is_well else 0.0, "at": at,
        "before": at - HALF_A_MINUTE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NOTE, facts)


def _look(part: str, look: Callable[[], None], now: datetime) -> bool:
    started = time.perf_counter()
    try:
        look()
    except FAULTS as error:
        logger.warning("%s is not well: %s", part, error)
        note(part, now, is_well=False, ms=0.0)
        return False
    note(part, now, is_well=True, ms=(time.perf_counter() - started) * 1000)
    return True


def _parts() -> Iterator[tuple[str, Callable[[], None]]]:
    yield "website", _platform
    for key in DatabaseServer.objects.exclude(state=ServerState.RETIRED).values_list("key", flat=True):
        yield f"shops:{key}", lambda key=key: _server(key)  # type: ignore[misc]
    yield "cache", _cache
    yield "files", _files


def _platform() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenant_plans")


def _server(key: str) -> None:
    with owner_connection(key) as server:
        server.execute("SELECT 1")


def _cache() -> None:
    get_redis_connection("default").ping()


def _files() -> None:
    """Whether there is room for another picture."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        file.write(b"well")
        file.flush()


@shared_task(name="status.measure")  # type: ignore[untyped-decorator]
def measure_task() -> None:
    now = timezone.now()
    measure(now)
    keep_responses(now)
