"""Adding up the platform's days from what shops said of theirs."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from celery import shared_task
from django.db import connection
from django.utils import timezone

from platform_core.audit.scope import platform_scope
from platform_core.metrics.statements import ADD_UP, KNOWN, WAITING

# The name of the turn, among the advisory locks of the platform's database.
TURN = "add up the platform"
# Days of one statement.
DAYS_AT_ONCE = 100
ONE_DAY = timedelta(days=1)


def add_up_days(first: date, last: date) -> int:
    """Write the platform's figures of every day from `first` to `last` anew; how many. Safe at any time, and again.

    They are made of what shops said when they were last rolled up: roll them up first to have it anew.
    """
    days = _days(first, last)
    for some in _some_at_once(days):
        with platform_scope():
            _take_turn()
            _add_up(some)
    return len(days)


def add_up_changes(now: datetime) -> list[date]:
    """Bring the platform's days up to date of which shops have said something new, and those that ended since the last
    time; which ones. No day between the first and yesterday is left out. After a kill the same call does what was not
    committed.
    """
    yesterday = now.astimezone(UTC).date() - ONE_DAY
    with platform_scope():
        _take_turn()
        with connection.cursor() as cursor:
            cursor.execute(WAITING, {"until": yesterday})
            told = {day for (day,) in cursor.fetchall()}
            cursor.execute(KNOWN)
            first, last = cursor.fetchone()
        earliest = min({yesterday, *told})
        if first is None:
            unknown = _days(earliest, yesterday)
        else:
            unknown = _days(earliest, first - ONE_DAY) + _days(last + ONE_DAY, yesterday)
        wanted = sorted({*told, *unknown, yesterday})
        for days in _some_at_once(wanted):
            _add_up(days)
    return wanted


def _some_at_once(days: Sequence[date]) -> Iterator[Sequence[date]]:
    for start in range(0, len(days), DAYS_AT_ONCE):
        yield days[start : start + DAYS_AT_ONCE]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [TURN])


def _add_up(days: Sequence[date]) -> None:
    with connection.cursor() as cursor:
        for statement in ADD_UP:
            cursor.execute(statement, {"days": list(days)})


@shared_task(name="metrics.add_up_platform")  # type: ignore[untyped-decorator]
def add_up_platform_task() -> None:
    add_up_changes(timezone.now())
