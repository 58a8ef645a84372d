"""What visitors leave behind: carts, things laid aside and sessions that are over."""

from dataclasses import dataclass
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.tasks import TenantTask
from tenant_shop.quotes.expire import expire_quotes

# Rows of one statement, each a transaction of its own: nobody waits long for one.
BATCH = 1_000
# Batches of one night; what is left is for the next one.
MOST_BATCHES = 500

# An order keeps the id of its cart without a foreign key: sent again, the cart is still known to be ordered.
CARTS = """
DELETE FROM shopping_carts WHERE id IN (
    SELECT id FROM shopping_carts
    WHERE expires_at <= %s AND (frozen_at IS NULL OR completed_at IS NOT NULL)
    ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""
SAVED = """
DELETE FROM saved_items WHERE id IN (
    SELECT id FROM saved_items WHERE expires_at <= %s ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
)
"""
SESSIONS = """
DELETE FROM django_session WHERE session_key IN (
    SELECT session_key FROM django_session WHERE expire_date <= %s ORDER BY expire_date LIMIT %s FOR UPDATE SKIP LOCKED
)
"""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many were over."""

    carts: int
    saved: int
    sessions: int


def remove_expired(now: datetime) -> Removed:
    """Remove the active shop's carts, what was laid aside and sessions that expired before `now` (aware), in batches;
    orders stay whole.

    A cart expires thirty days after its last change, ordered or not; never while somebody is to approve it. A row that
    is in use at the moment is left for the next time.
    """
    return Removed(carts=_in_batches(CARTS, now), saved=_in_batches(SAVED, now), sessions=_in_batches(SESSIONS, now))


def end_what_is_over(now: datetime) -> None:
    """Note which offers are over, then remove what is: their carts among it."""
    expire_quotes(now)
    remove_expired(now)


def _in_batches(statement: str, now: datetime) -> int:
    removed = 0
    for _ in range(MOST_BATCHES):
        with shop_connection().cursor() as cursor:
            cursor.execute(statement, [now, BATCH])
            removed += cursor.rowcount
            if cursor.rowcount < BATCH:
                break
    return removed


@shared_task(base=TenantTask, name="carts.upkeep")  # type: ignore[untyped-decorator]
def remove_expired_task() -> None:
    end_what_is_over(timezone.now())
