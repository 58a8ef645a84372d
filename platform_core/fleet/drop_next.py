"""Dropping cancelled shops once their owners have had their time, by turns: nobody has to think of it."""

import logging
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.db import connection

from platform_core.audit.scope import platform_scope
from platform_core.fleet.drop import drop_shop
from platform_core.fleet.restores.models import KeptDatabase

# By the clock of the platform's database, as whatever drops. Who has said anything about the database before, that it
# is to be kept for one, is not overruled; a shop that never opened has none. Sandboxes end in another way.
DUE = """
SELECT t.id FROM tenants t
WHERE t.status = 'cancelled' AND t.sandbox_of IS NULL AND t.activated_at IS NOT NULL
  AND EXISTS (SELECT FROM platform_audit_log e WHERE e.resource_id = t.id AND e.action = 'cancel_tenant')
  AND NOT EXISTS (
      SELECT FROM platform_audit_log e WHERE e.resource_id = t.id AND (
          e.action IN ('drop_tenant', 'keep_tenant', 'erase_tenant')
          OR e.action = 'cancel_tenant' AND e.created_at > now() - make_interval(days => %(days)s)))
ORDER BY random() LIMIT 1
"""

logger = logging.getLogger(__name__)


def drop_next() -> KeptDatabase | None:
    """Have the database of one shop that was cancelled `settings.EXPORT_WINDOW_DAYS` ago closed, and dropped later, as
    `drop_shop` does after a final backup. Which one is left to chance, so that one that cannot be backed up just now
    holds no other up. None when nobody is due, or `settings.DROP_CANCELLED` is off. Errors: as `drop_shop`.
    """
    found = _one_that_is_due() if settings.DROP_CANCELLED else None
    if found is None:
        return None
    kept = drop_shop(found, reason="its owners have had their time to take it along")
    logger.info("%s is closed, and dropped after %s", kept.name, kept.kept_until)
    return kept


def _one_that_is_due() -> UUID | None:
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(DUE, {"days": settings.EXPORT_WINDOW_DAYS})
        row = cursor.fetchone()
    return row[0] if row else None


@shared_task(name="fleet.drop_next")  # type: ignore[untyped-decorator]
def drop_next_task() -> None:
    drop_next()
