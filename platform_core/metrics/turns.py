"""Whose figures are due, who is at it, and what came of it: one row for each shop in the platform's database.

So that no job has to open a shop's database to find out whether there is something to do in it.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from platform_core.metrics.midnight import next_due
from platform_core.metrics.models import RollupTurn
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hooks import ShopReport, shop_hooks
from platform_core.tenants.models import Tenant

# How long a worker may be silent before its turn is somebody else's. A long one renews it as it goes on.
LEASE = timedelta(minutes=10)
# After a failure: a minute, two, four and so on.
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ERROR = 500

# Shops that are new, or that stem from before there were turns, are due at once.
OPEN_TURNS = """
    INSERT INTO rollup_turns (tenant_id, timezone, midnight_at, due_at)
    SELECT id, timezone, %(now)s, %(now)s FROM tenants t
    WHERE status = 'active' AND NOT EXISTS (SELECT FROM rollup_turns r WHERE r.tenant_id = t.id)
    ON CONFLICT (tenant_id) DO NOTHING
"""
TAKE = """
    WITH due AS (
        SELECT r.tenant_id FROM rollup_turns r JOIN tenants t ON t.id = r.tenant_id
        WHERE r.due_at <= %(now)s AND (r.taken_until IS NULL OR r.taken_until <= %(now)s)
        AND t.status = 'active' AND t.availability = 'open' AND t.schema_version >= %(schema_version)s
        ORDER BY r.due_at, r.tenant_id
        LIMIT %(most)s
        FOR UPDATE OF r SKIP LOCKED
    )
    UPDATE rollup_turns SET taken_until = %(until)s FROM due WHERE rollup_turns.tenant_id = due.tenant_id
    RETURNING rollup_turns.tenant_id, rollup_turns.due_at
"""
# Nobody waits for the disk: a server that loses it has the shop due again. Whose past was changed since the turn began
# (its midnight is another one) stays due.
FINISH = """
    WITH quickly AS (SELECT set_config('synchronous_commit', 'off', true))
    INSERT INTO rollup_turns AS turn (tenant_id, timezone, midnight_at, due_at, closed_at, refreshed_at)
    SELECT %(tenant)s, %(zone)s, %(midnight)s::timestamptz, %(due)s::timestamptz, %(closed)s::timestamptz,
           %(now)s::timestamptz
    FROM quickly
    ON CONFLICT (tenant_id) DO UPDATE SET
        timezone = EXCLUDED.timezone, taken_until = NULL,
        midnight_at = CASE WHEN turn.midnight_at = COALESCE(%(began_with)s::timestamptz, turn.midnight_at)
            THEN EXCLUDED.midnight_at ELSE turn.midnight_at END,
        due_at = CASE WHEN turn.midnight_at = COALESCE(%(began_with)s::timestamptz, turn.midnight_at)
            THEN EXCLUDED.due_at ELSE turn.due_at END,
        closed_at = COALESCE(EXCLUDED.closed_at, turn.closed_at), refreshed_at = EXCLUDED.refreshed_at,
        failures = 0, last_error = ''
"""


def take_due(now: datetime, *, most: int) -> list[UUID]:
    """Take at most `most` of the shops whose figures are due, those that wait longest first.

    Nobody else gets them until they are done, or until a lease has passed. Shops that are not open, or behind this
    release, are passed over: they are due when they open again. Two statements.
    """
    parameters: dict[str, Any] = {
        "now": now, "until": now + LEASE, "most": most, "schema_version": shop_hooks.oldest_schema_version,
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OPEN_TURNS, parameters)
        cursor.execute(TAKE, parameters)
        taken = sorted(cursor.fetchall(), key=lambda row: (row[1], row[0]))
    return [tenant_id for tenant_id, _ in taken]


def midnight_of(tenant_id: UUID) -> datetime | None:
    """When all that changed is to be in the shop's figures; None of one without a turn. One statement, which every shop
    is asked every hour: not one that Django has to build.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT midnight_at FROM rollup_turns WHERE tenant_id = %s", [tenant_id])
        found: tuple[datetime] | None = cursor.fetchone()
    return found and found[0]


def renew(tenant_id: UUID, now: datetime) -> None:
    """Say that the turn is still being worked on."""
    RollupTurn.objects.filter(pk=tenant_id).update(taken_until=now + LEASE)


def count_taken(now: datetime) -> int:
    """How many turns somebody holds."""
    return RollupTurn.objects.filter(taken_until__gt=now).count()


def finish(
    shop: TenantInfo, now: datetime, report: ShopReport, *, is_closed: bool, began_with: datetime | None = None
) -> None:
    """Write down that the figures stand as of `now`, and when they are due next, by the time zone that they are of.

    `is_closed` when all changes are in them, not only today's. `began_with` is the midnight that stood there when the
    turn began: with another one by now the shop stays due. The platform takes over what the shop says of itself.
    One statement.
    """
    midnight, due = next_due(shop.id, ZoneInfo(report.timezone), now)
    parameters: dict[str, Any] = {
        "tenant": shop.id, "zone": report.timezone, "midnight": midnight, "due": due, "now": now,
        "closed": now if is_closed else None, "began_with": began_with,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FINISH, parameters)
    if (shop.timezone, shop.currency) != (report.timezone, report.currency):
        Tenant.objects.filter(pk=shop.id).update(timezone=report.timezone, currency=report.currency)
        directory.forget(shop.id)


def fail(tenant_id: UUID, now: datetime, error: BaseException) -> None:
    """Write down why it could not be done: due again after a pause that grows with each failure in a row."""
    with transaction.atomic():
        turn = RollupTurn.objects.select_for_update().filter(pk=tenant_id).first()
        if turn is None:
            return
        turn.failures += 1
        turn.due_at = now + min(timedelta(minutes=2 ** min(turn.failures - 1, 10)), LONGEST_PAUSE)
        turn.taken_until = None
        turn.last_error = f"{type(error).__name__}: {error}".strip()[:LONGEST_ERROR]
        turn.save(update_fields=["failures", "due_at", "taken_until", "last_error"])


def past_changed(tenant_id: UUID) -> None:
    """Have everything that was written taken into a shop's figures at once, as at its midnight: it is of days that are
    over.
    """
    now = timezone.now()
    RollupTurn.objects.filter(pk=tenant_id).update(due_at=now, midnight_at=now)


def days_changed(tenant_id: UUID) -> None:
    """Have a shop's figures made anew at once: its time zone or its currency is another one."""
    RollupTurn.objects.filter(pk=tenant_id).update(due_at=timezone.now())
