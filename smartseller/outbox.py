"""Working off promises that stand in a table: one worker at a time for each, and none lost when a worker dies.

The table has the columns `created_at`, `available_at`, `delivered_at`, `attempts` and `last_error`.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, F, Min, Model, Q, QuerySet, When
from django.utils import timezone

Row = TypeVar("Row", bound=Model)

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 12
MAX_DELAY = timedelta(hours=12)


def due(rows: QuerySet[Any], *, at: datetime, limit: int) -> list[UUID]:
    """The keys of those that wait for delivery, oldest first; of one moment, as they were promised."""
    waiting = rows.filter(delivered_at=None, available_at__lte=at, attempts__lt=MAX_ATTEMPTS)
    return list(waiting.order_by("available_at", "pk").values_list("pk", flat=True)[:limit])


def oldest(rows: QuerySet[Any], *, at: datetime) -> datetime | None:
    """Since when something waits at `at` that is due and was not given up; None when nothing does. One statement.

    What was tried in vain waits since it was promised, whenever it is tried again.
    """
    since = Case(When(attempts=0, then=F("available_at")), default=F("created_at"))
    waiting = rows.filter(Q(available_at__lte=at) | Q(attempts__gt=0), delivered_at=None, attempts__lt=MAX_ATTEMPTS)
    moment: datetime | None = waiting.aggregate(oldest=Min(since))["oldest"]
    return moment


def lease(rows: QuerySet[Row], key: UUID) -> Row | None:
    """Take one for ten minutes; None when it is delivered, taken by another worker, or not due.

    No transaction stays open while the world is slow: a worker that dies lets go when the lease runs out.
    """
    now = timezone.now()
    taken = rows.filter(pk=key, delivered_at=None, available_at__lte=now).update(
        available_at=now + LEASE, attempts=F("attempts") + 1
    )
    return rows.get(pk=key) if taken else None


def finish(rows: QuerySet[Any], key: UUID) -> None:
    """What was leased is delivered."""
    rows.filter(pk=key).update(delivered_at=timezone.now(), last_error=None)


def postpone(rows: QuerySet[Any], key: UUID, *, attempts: int, error: Exception) -> None:
    """What was leased could not be delivered: it is due again after 1, 2, 4 … minutes, at most twelve hours."""
    delay = min(timedelta(minutes=2 ** (attempts - 1)), MAX_DELAY)
    rows.filter(pk=key).update(
        available_at=timezone.now() + delay, last_error=f"{type(error).__name__}: {error}"[:1000]
    )
