"""Which backups are kept, and for how long; the last good one is never removed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from platform_core.fleet.backups.back_up import turn_of
from platform_core.fleet.backups.errors import BackupUnusable
from platform_core.fleet.backups.manifest import read_manifest
from platform_core.fleet.backups.media import media_of, remove_unused_media
from platform_core.fleet.backups.models import Backup, BackupReason, BackupState
from platform_core.fleet.backups.store import remove_folder
from platform_core.fleet.restores.models import RestoreState

# Whatever the rules say: a backup of today or yesterday may be the one from before a mistake.
YOUNG = timedelta(hours=48)
# How long the ledger tells of a backup that failed.
FAILURES_TOLD = timedelta(days=30)
REMOVED = "removed by the rules of retention"


@dataclass(frozen=True, kw_only=True)
class Rules:
    """How many days, ISO weeks and months (of those that have a backup, the newest first) keep their newest one."""

    daily: int
    weekly: int
    monthly: int


class Candidate(Protocol):
    """What the rules look at; moments are aware."""

    @property
    def pk(self) -> UUID: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def verified_at(self) -> datetime | None: ...
    @property
    def reason(self) -> str: ...


def rules_of_settings() -> Rules:
    return Rules(
        daily=settings.BACKUP_KEEP_DAILY, weekly=settings.BACKUP_KEEP_WEEKLY, monthly=settings.BACKUP_KEEP_MONTHLY
    )


def to_be_kept(complete: Iterable[Candidate], *, now: datetime, rules: Rules) -> set[UUID]:
    """Those of the complete backups of one shop (or of the platform) that stay.

    The newest of all and the newest that was verified stay under any rules, and so does a closed shop's final one.
    """
    newest_first = sorted(complete, key=lambda backup: (backup.started_at, backup.pk), reverse=True)
    kept = {backup.pk for backup in newest_first[:1]}
    kept |= {backup.pk for backup in [found for found in newest_first if found.verified_at is not None][:1]}
    kept |= {backup.pk for backup in newest_first if backup.reason == BackupReason.FINAL}
    kept |= {backup.pk for backup in newest_first if backup.started_at > now - YOUNG}
    for period, count in ((_day, rules.daily), (_week, rules.weekly), (_month, rules.monthly)):
        kept |= _newest_of_each(newest_first, period, count)
    return kept


def _newest_of_each(
    newest_first: Sequence[Candidate], period: Callable[[datetime], tuple[int, ...]], count: int
) -> set[UUID]:
    found: dict[tuple[int, ...], UUID] = {}
    for backup in newest_first:
        if len(found) < count or period(backup.started_at) in found:
            found.setdefault(period(backup.started_at), backup.pk)
    return set(found.values())


def _day(moment: datetime) -> tuple[int, ...]:
    return moment.timetuple()[:3]


def _week(moment: datetime) -> tuple[int, ...]:
    return tuple(moment.isocalendar())[:2]


def _month(moment: datetime) -> tuple[int, ...]:
    return moment.timetuple()[:2]


def remove_outdated(server: str, tenant_id: UUID | None) -> int:
    """Remove what the rules do not keep of a shop, or of the platform, and the files that no backup has any more.

    How many backups went. Safe to repeat after a kill. Errors: FleetBusy while another process backs it up.
    """
    with turn_of(server, tenant_id):
        mine = Backup.objects.of(tenant_id)
        complete = mine.complete()
        kept = to_be_kept(complete, now=timezone.now(), rules=rules_of_settings())
        in_use = mine.filter(restores__state=RestoreState.RUNNING).values_list("pk", flat=True)
        outdated = complete.exclude(pk__in=kept).exclude(pk__in=list(in_use))
        outdated.update(state=BackupState.FAILED, error=REMOVED)
        gone = list(mine.filter(state=BackupState.FAILED, error=REMOVED))
        told_long_enough = mine.filter(
            state=BackupState.FAILED, finished_at__lt=timezone.now() - FAILURES_TOLD
        ).exclude(error=REMOVED)
        for backup in [*gone, *told_long_enough]:
            remove_folder(backup.location)
            backup.delete()
        if gone and tenant_id is not None:
            _remove_unused_media(tenant_id)
    return len(gone)


def _remove_unused_media(tenant_id: UUID) -> None:
    """As long as one list of files cannot be read, nobody knows what is unused, and nothing is removed."""
    used: set[str] = set()
    for backup in Backup.objects.of(tenant_id).complete():
        try:
            used |= {file.sha256 for file in media_of(backup.location, read_manifest(backup.location))}
        except BackupUnusable:
            return
    remove_unused_media(tenant_id, used)
