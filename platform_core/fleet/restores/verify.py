"""Proving a backup: it becomes a database, which is compared and dropped again."""

from django.utils import timezone

from platform_core.fleet.backups.errors import BackupTooNew, BackupUnusable, NoBackup
from platform_core.fleet.backups.manifest import Manifest, read_manifest
from platform_core.fleet.backups.media import check_media, media_of
from platform_core.fleet.backups.models import Backup, BackupState, BackupTurn
from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.regions import check_region
from platform_core.fleet.restores.load import tried_out

LONGEST_ERROR = 500


def verify_backup(backup: Backup, *, server: str | None = None, tell: Tell = nobody) -> Manifest:
    """Restore a complete backup into a scratch database on `server` (its own unless said otherwise), compare rows and
    checksums of every table and the digest of every file, and drop the scratch; its manifest.

    A damaged one counts as failed from now on, and the next is due at once.
    Errors: OutsideRegion when the shop's data may not be there, even for a moment; NoBackup unless it is complete;
    BackupUnusable; RestoreFailed, ClientProgramMissing, which say nothing against the backup.
    """
    if backup.state != BackupState.COMPLETE:
        raise NoBackup(backup.slug or "the platform")
    if server is not None and backup.tenant is not None:
        check_region(backup.tenant, server)
    try:
        manifest = manifest_of(backup)
        with tried_out(backup.location, manifest, server=server or backup.server, tell=tell):
            if backup.tenant_id is not None:
                check_media(backup.tenant_id, manifest, media_of(backup.location, manifest), tell=tell)
    except BackupTooNew:
        raise
    except BackupUnusable as error:
        found = Backup.objects.filter(pk=backup.pk)
        found.update(state=BackupState.FAILED, error=f"found damaged: {error.reason}"[:LONGEST_ERROR])
        BackupTurn.objects.filter(tenant=backup.tenant).update(due_at=timezone.now())
        raise
    backup.verified_at = timezone.now()
    backup.save(update_fields=["verified_at"])
    return manifest


def manifest_of(backup: Backup) -> Manifest:
    """The manifest of a backup. Errors: BackupUnusable when it is missing, or another backup's or shop's."""
    manifest = read_manifest(backup.location)
    if (manifest.id, manifest.tenant_id, manifest.kind) != (backup.pk, backup.tenant_id, backup.kind):
        raise BackupUnusable(str(backup.pk), f"the manifest in its place is of {manifest.slug or 'the platform'}")
    return manifest
