"""Asking for the proof of a backup: a worker does it."""

import logging
from functools import partial
from uuid import UUID

from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

from platform_core.audit.record import record
from platform_core.fleet.backups.errors import NoBackup
from platform_core.fleet.backups.models import Backup, BackupState
from platform_core.fleet.restores.verify import verify_backup

logger = logging.getLogger(__name__)


def ask_for_proof(backup_id: UUID, *, reason: str, actor_id: UUID) -> None:
    """Have a worker try whether a complete backup becomes a database again; `verified_at` says so then.

    A message that is lost costs the proof: each shop's turn to be proven comes by itself.
    Errors: Backup.DoesNotExist; NoBackup unless it is complete.
    """
    with transaction.atomic():
        backup = Backup.objects.get(pk=backup_id)
        if backup.state != BackupState.COMPLETE:
            raise NoBackup(backup.slug or "the platform")
        record(
            "ask_for_proof",
            resource_type="backup",
            resource_id=backup.pk,
            tenant_id=backup.tenant_id,
            user_id=actor_id,
            metadata={"reason": reason},
        )
        transaction.on_commit(partial(_queue, backup.pk))


def _queue(backup_id: UUID) -> None:
    try:
        prove_this_task.delay(str(backup_id))
    except (BrokerError, OSError) as error:
        logger.warning("the proof of backup %s could not be queued: %s", backup_id, error)


@shared_task(name="fleet.prove_this_backup", acks_late=True)  # type: ignore[untyped-decorator]
def prove_this_task(backup_id: str) -> None:
    verify_backup(Backup.objects.get(pk=UUID(backup_id)))
