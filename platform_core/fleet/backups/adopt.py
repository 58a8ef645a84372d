"""The ledger and the storage compared: a ledger that came out of a backup does not know what was taken after it."""

from django.utils import timezone

from platform_core.fleet.backups.back_up import enter_in_ledger
from platform_core.fleet.backups.errors import BackupUnusable
from platform_core.fleet.backups.manifest import Manifest, read_manifest
from platform_core.fleet.backups.models import Backup, BackupQuerySet, BackupState
from platform_core.fleet.backups.store import store
from platform_core.tenants.models import Tenant


def folders_of_platform() -> list[str]:
    """Where backups of the platform lie, the newest first, finished or not."""
    return _folders("platform")


def adopt_backups() -> int:
    """Enter into the ledger every whole backup that the storage has and the ledger does not know; how many.

    What the ledger takes for complete, or for under way, and the storage does not have, counts as failed.
    For a platform where nothing is backed up at this moment.
    """
    adopted = 0
    tenants = {tenant.pk.hex: tenant for tenant in Tenant.objects.all()}
    for tenant_hex, tenant in tenants.items():
        adopted += _adopt(_folders(f"shops/{tenant_hex}"), Backup.objects.of(tenant.pk), tenant)
    return adopted + _adopt(folders_of_platform(), Backup.objects.of(None), None)


def _adopt(folders: list[str], known: BackupQuerySet, tenant: Tenant | None) -> int:
    rows = {backup.location: backup for backup in known}
    adopted = 0
    for location in folders:
        backup = rows.get(location)
        if backup is not None and backup.state != BackupState.RUNNING:
            continue
        try:
            manifest = read_manifest(location)
        except BackupUnusable:
            continue  # never finished
        if manifest.tenant_id == (tenant.pk if tenant else None):
            enter_in_ledger(backup or _row(manifest, location, tenant), manifest)
            adopted += 1
    there = set(folders)
    for backup in known.all():
        if backup.state == BackupState.RUNNING or (
            backup.state == BackupState.COMPLETE and backup.location not in there
        ):
            backup.state, backup.finished_at = BackupState.FAILED, timezone.now()
            backup.error = "it is not in the storage of backups"
            backup.save(update_fields=["state", "finished_at", "error"])
    return adopted


def _row(manifest: Manifest, location: str, tenant: Tenant | None) -> Backup:
    return Backup(
        id=manifest.id,
        kind=manifest.kind,
        tenant=tenant,
        slug=manifest.slug,
        server=manifest.server,
        database_name=manifest.database_name,
        epoch=manifest.epoch,
        reason=manifest.reason,
        location=location,
        started_at=manifest.started_at,
        heartbeat_at=manifest.finished_at,
    )


def _folders(parent: str) -> list[str]:
    """The folders of backups in `parent`: their names begin with the time."""
    try:
        folders, _ = store().listdir(parent)
    except FileNotFoundError:
        return []
    return [f"{parent}/{name}" for name in sorted(folders, reverse=True) if name[:1].isdigit()]
