"""Restores and backups whose process was stopped: found by their silence, and taken on."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from django.utils import timezone

from platform_core.fleet.backups.back_up import turn_of
from platform_core.fleet.backups.models import Backup, BackupState
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.findings import Finding, Kind
from platform_core.fleet.restores.models import Restore, RestoreState
from platform_core.fleet.restores.restore import run_restore
from platform_core.fleet.take_on import take_on
from platform_core.tenancy.commands import first_line

# A backup says every 15 seconds that it is being taken, as long as anything goes by; counting rows may take longer.
SILENT_BACKUP = timedelta(minutes=10)

logger = logging.getLogger(__name__)


def stuck_restores(*, fix: bool, stuck_after: timedelta) -> Iterator[Finding]:
    """Restores that nobody has worked on for `stuck_after`; with `fix`, carried out as they were asked for."""
    silent = Restore.objects.select_related("tenant").filter(
        state=RestoreState.RUNNING, heartbeat_at__lt=timezone.now() - stuck_after
    )
    for restore in silent:
        finding = Finding(
            kind=Kind.STUCK_RESTORE,
            server=restore.server,
            database=restore.new_database,
            tenant=restore.tenant.slug,
            detail=f"silent since {restore.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC",
        )
        yield take_on(finding, partial(run_restore, restore.pk), what=f"restore {restore.pk}") if fix else finding


def stuck_backups(*, fix: bool) -> Iterator[Finding]:
    """Backups that nobody takes any more; with `fix`, decided about: complete if their manifest was written."""
    silent = Backup.objects.filter(state=BackupState.RUNNING, heartbeat_at__lt=timezone.now() - SILENT_BACKUP)
    for backup in silent:
        finding = Finding(
            kind=Kind.STUCK_BACKUP,
            server=backup.server,
            database=backup.database_name,
            tenant=backup.slug,
            detail=f"silent since {backup.heartbeat_at:%Y-%m-%d %H:%M:%S} UTC",
        )
        yield _settle(backup, finding) if fix else finding


def _settle(backup: Backup, finding: Finding) -> Finding:
    try:
        with turn_of(backup.server, backup.tenant_id, wait_seconds=0):
            return replace(finding, fixed=True, detail="its process was stopped; what was left is tidied away")
    except FleetBusy:
        return replace(finding, detail="another process is at it")
    except Exception as error:
        logger.exception("backup %s could not be settled", backup.pk)
        return replace(finding, detail=f"could not be mended: {first_line(error)}")
