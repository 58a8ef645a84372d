"""When each shop is backed up, who is at it, and what came of it: one row for each in the platform's database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from platform_core.fleet.backups.models import BackupState, BackupTurn
from platform_core.tenants.models import Tenant

# How long a worker may be silent before its turn is somebody else's. A long one renews it as it goes on.
LEASE = timedelta(minutes=10)
# Shops begin within so many hours of the night, each at a moment of its own; the platform after them.
SPREAD = timedelta(hours=3)
# After a failure: five minutes, ten, twenty and so on.
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=2)
LONGEST_ERROR = 500
LATE = timedelta(hours=6)

# A shop that is new is due at once, and so is everything on an installation that never made a backup.
OPEN_TURNS = """
    INSERT INTO backup_turns (tenant_id, due_at)
    SELECT id, %(now)s FROM tenants t
    WHERE status IN ('active', 'suspended') AND sandbox_of IS NULL
    AND NOT EXISTS (SELECT FROM backup_turns b WHERE b.tenant_id = t.id)
    UNION ALL SELECT NULL, %(now)s WHERE NOT EXISTS (SELECT FROM backup_turns WHERE tenant_id IS NULL)
    ON CONFLICT DO NOTHING
"""
TAKE = """
    WITH due AS (
        SELECT b.id FROM backup_turns b LEFT JOIN tenants t ON t.id = b.tenant_id
        WHERE b.due_at <= %(now)s AND (b.taken_until IS NULL OR b.taken_until <= %(now)s)
        AND (b.tenant_id IS NULL OR t.status IN ('active', 'suspended'))
        AND (SELECT count(*) FROM backup_turns WHERE taken_until > %(now)s) < %(most)s
        ORDER BY b.due_at, b.id
        LIMIT 1
        FOR UPDATE OF b SKIP LOCKED
    )
    UPDATE backup_turns SET taken_until = %(until)s FROM due WHERE backup_turns.id = due.id
    RETURNING backup_turns.id
"""


def take_due(now: datetime) -> BackupTurn | None:
    """Take the turn that waits longest, unless `settings.BACKUP_PARALLEL` are taken already; None when none is due.

    Nobody else gets it until it is done, or until a lease has passed. Two statements.
    """
    parameters: dict[str, Any] = {"now": now, "until": now + LEASE, "most": settings.BACKUP_PARALLEL}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN_TURNS, parameters)
        cursor.execute(TAKE, parameters)
        row = cursor.fetchone()
    return BackupTurn.objects.select_related("tenant").get(pk=row[0]) if row else None


def renew(turn: BackupTurn, now: datetime) -> None:
    """Say that the turn is still being worked on."""
    BackupTurn.objects.filter(pk=turn.pk).update(taken_until=now + LEASE)


def finish(turn: BackupTurn, now: datetime) -> None:
    """Write down that there is a backup as of `now`, and when the next one is due: at once, if somebody has asked for
    one since this was begun."""
    as_taken = Q(due_at=turn.due_at)
    BackupTurn.objects.filter(pk=turn.pk).update(
        due_at=Case(When(as_taken, then=Value(next_due(turn.tenant_id, now))), default=F("due_at")),
        is_asked=Case(When(as_taken, then=Value(value=False)), default=F("is_asked")),
        taken_until=None,
        failures=0,
        last_error="",
    )


def fail(turn: BackupTurn, now: datetime, error: BaseException) -> None:
    """Write down why there is none: due again after a pause that grows with each failure in a row."""
    pause = min(FIRST_PAUSE * 2 ** min(turn.failures, 10), LONGEST_PAUSE)
    BackupTurn.objects.filter(pk=turn.pk).update(
        due_at=now + pause,
        taken_until=None,
        failures=turn.failures + 1,
        last_error=f"{type(error).__name__}: {error}".strip()[:LONGEST_ERROR],
    )


def next_due(tenant_id: UUID | None, after: datetime) -> datetime:
    """The moment of the next night (from `settings.BACKUP_HOUR` on, UTC) that is the shop's own, or the platform's."""
    own = SPREAD
    if tenant_id is not None:
        own = timedelta(seconds=int.from_bytes(tenant_id.bytes[-4:]) % int(SPREAD.total_seconds()))
    night = after.replace(hour=settings.BACKUP_HOUR, minute=0, second=0, microsecond=0)
    return night + own if night + own > after else night + timedelta(days=1) + own


def overdue() -> list[BackupTurn]:
    """The turns, of shops that are served and of the platform, that nobody finished for six hours after they were due.

    A turn that failed is due later and later: it is late from its first failure on.
    """
    late = Q(due_at__lt=timezone.now() - LATE) | Q(failures__gt=0)
    served = Q(tenant__isnull=True) | Q(tenant__status__in=("active", "suspended"))
    return list(BackupTurn.objects.select_related("tenant").filter(late & served).order_by("due_at"))


def longest_without_backup(now: datetime) -> timedelta:
    """How long ago the newest complete backup of a shop was begun, at most, over all shops that are served.

    A shop that never had one counts from when it was made. Nothing without shops. One statement.
    """
    newest = Max("backups__started_at", filter=Q(backups__state=BackupState.COMPLETE))
    served = Tenant.objects.filter(status__in=("active", "suspended"), sandbox_of__isnull=True)
    oldest = served.annotate(as_of=Coalesce(newest, F("created_at"))).aggregate(oldest=Min("as_of"))["oldest"]
    return now - oldest if oldest else timedelta(0)
