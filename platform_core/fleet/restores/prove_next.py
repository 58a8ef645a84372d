"""Proving backups by turns, so that each shop's is once in a while seen to become a database again."""

import logging
import random
from datetime import datetime, timedelta

from celery import shared_task
from django.db.models import F, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from platform_core.fleet.backups.models import Backup, BackupKind, BackupState
from platform_core.fleet.restores.verify import verify_backup
from platform_core.tenants.models import Tenant

PROVE_EVERY = timedelta(days=30)

logger = logging.getLogger(__name__)


def prove_next(now: datetime) -> Backup | None:
    """Prove the newest backup of one that is due: a shop, or the platform, of which none was proven for thirty days.

    Which one is left to chance, so that one that cannot be tried just now holds no other up. None when nobody is due.
    Errors: as `verify_backup`.
    """
    backup = _one_that_is_due(now)
    if backup is not None:
        verify_backup(backup)
        logger.info("the backup %s of %s was proven", backup.pk, backup.slug or "the platform")
    return backup


def longest_unproven(now: datetime) -> timedelta:
    """How long ago a backup of a shop was last proven, at most, over all shops that are served; a shop of which none
    ever was counts from when it was made. Nothing without shops. One statement.
    """
    proven = Max("backups__verified_at")
    served = Tenant.objects.filter(status__in=("active", "suspended"))
    oldest = served.annotate(as_of=Coalesce(proven, F("created_at"))).aggregate(oldest=Min("as_of"))["oldest"]
    return now - oldest if oldest else timedelta(0)


def _one_that_is_due(now: datetime) -> Backup | None:
    due = Q(proven=None) | Q(proven__lt=now - PROVE_EVERY)
    complete = Backup.objects.filter(state=BackupState.COMPLETE).order_by("-started_at", "-pk")
    has_one = Q(backups__state=BackupState.COMPLETE, status__in=("active", "suspended"))
    shops = Tenant.objects.filter(has_one).annotate(proven=Max("backups__verified_at")).filter(due)
    candidates: list[Q] = [Q(tenant=pk) for pk in shops.order_by().values_list("pk", flat=True)]
    platforms = Backup.objects.filter(kind=BackupKind.PLATFORM).aggregate(proven=Max("verified_at"))["proven"]
    if platforms is None or platforms < now - PROVE_EVERY:
        candidates.append(Q(kind=BackupKind.PLATFORM))
    random.shuffle(candidates)
    return next((found for one in candidates if (found := complete.filter(one).first()) is not None), None)


@shared_task(name="fleet.prove_backup")  # type: ignore[untyped-decorator]
def prove_backup_task() -> None:
    prove_next(timezone.now())
