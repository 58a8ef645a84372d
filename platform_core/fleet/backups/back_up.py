"""Taking one backup: of a shop, or of the platform's own database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from platform_core.fleet.backups.dump import dump_database
from platform_core.fleet.backups.errors import BackupUnusable
from platform_core.fleet.backups.manifest import Manifest, read_manifest, write_manifest
from platform_core.fleet.backups.media import MediaFile, copy_media, media_of
from platform_core.fleet.backups.models import Backup, BackupKind, BackupReason, BackupState
from platform_core.fleet.backups.store import Tell, nobody, remove_folder
from platform_core.fleet.servers import PLATFORM_SERVER, Address, OwnerConnection, only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant
from smartseller.ids import uuid7

HEARTBEAT_SECONDS = 15.0
LONGEST_ERROR = 500


def back_up_shop(tenant_id: UUID, *, reason: str = BackupReason.MANUAL, tell: Tell = nobody) -> Backup:
    """Take a backup of a shop: its database and its files, while it goes on selling.

    One at a time for each shop. It counts once its manifest is written; killed or failed before, what was stored is
    removed by the next. `tell` hears how many bytes went by.
    Errors: FleetBusy while another process backs this shop up; ClientProgramMissing, DumpFailed,
    psycopg.OperationalError, which the ledger has too.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    with turn_of(str(tenant.server_id), tenant_id):
        tenant.refresh_from_db()  # a restore may have ended meanwhile
        backup = _begin(
            BackupKind.SHOP, str(tenant.server_id), tenant.database_name, reason=reason, tenant=tenant,
            folder=f"shops/{tenant.pk.hex}",
        )  # fmt: skip
        with _written_down(backup):
            _take(backup, tell=_Beating(backup, tell))
    return backup


def back_up_recovered(tenant_id: UUID, source: Address, *, database: str, tell: Tell = nobody) -> Backup:
    """Take a backup of a shop as `database` on a cluster that was recovered to an earlier time has it.

    It counts as begun when the last change there was made, as far as the cluster knows. Files are those of today.
    Errors: as `back_up_shop`.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    with owner_connection(source) as recovered:
        row = recovered.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    with turn_of(str(tenant.server_id), tenant_id):
        tenant.refresh_from_db()
        backup = _begin(
            BackupKind.SHOP, str(tenant.server_id), database, reason=BackupReason.MANUAL, tenant=tenant,
            folder=f"shops/{tenant.pk.hex}",
        )  # fmt: skip
        if row is not None and row[0] is not None:
            backup.started_at = row[0]
            backup.save(update_fields=["started_at"])
        with _written_down(backup):
            _take(backup, source=source, tell=_Beating(backup, tell))
    return backup


def back_up_platform(*, reason: str = BackupReason.MANUAL, tell: Tell = nobody) -> Backup:
    """Take a backup of the platform's database. Errors: as `back_up_shop`."""
    with turn_of(PLATFORM_SERVER, None):
        database = settings.DATABASES["default"]["NAME"]
        backup = _begin(BackupKind.PLATFORM, PLATFORM_SERVER, database, reason=reason, folder="platform")
        with _written_down(backup):
            _take(backup, tell=_Beating(backup, tell))
    return backup


@contextmanager
def turn_of(server: str, tenant_id: UUID | None, *, wait_seconds: float | None = None) -> Iterator[OwnerConnection]:
    """The right to write and remove backups of a shop, or of the platform; what a killed holder left is tidied first.

    Errors: FleetBusy when another process has it, `wait_seconds` (as `only_one`) later still.
    """
    of = f"shop {tenant_id}" if tenant_id else "the platform"
    with (
        owner_connection(server) as connection,
        only_one(connection, f"backups of {of}", wait_seconds=wait_seconds),
    ):
        for left in Backup.objects.of(tenant_id).filter(state=BackupState.RUNNING):
            settle(left)
        yield connection


def settle(left: Backup) -> None:
    """Decide about a backup whose process was stopped: it is complete if its manifest was written."""
    try:
        enter_in_ledger(left, read_manifest(left.location))
    except BackupUnusable:
        abandon(left, "the process that took it was stopped")


def abandon(backup: Backup, reason: str) -> None:
    """Give up a backup that was not finished: its files go, the ledger keeps why."""
    remove_folder(backup.location)
    backup.state, backup.finished_at, backup.error = BackupState.FAILED, timezone.now(), reason[:LONGEST_ERROR]
    backup.save(update_fields=["state", "finished_at", "error"])


def _begin(
    kind: BackupKind, server: str, database: str, *, folder: str, reason: str, tenant: Tenant | None = None
) -> Backup:
    now, backup_id = timezone.now(), uuid7()
    return Backup.objects.create(
        id=backup_id,
        kind=kind,
        tenant=tenant,
        slug=tenant.slug if tenant else "",
        server=server,
        database_name=database,
        epoch=tenant.epoch if tenant else 1,
        reason=reason,
        location=f"{folder}/{now:%Y%m%dT%H%M%SZ}-{backup_id.hex}",
        started_at=now,
        heartbeat_at=now,
    )


@contextmanager
def _written_down(backup: Backup) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        abandon(backup, f"{type(error).__name__}: {error}".strip())
        raise


def _take(backup: Backup, *, source: str | None = None, tell: Tell) -> None:
    app = "platform_core" if backup.kind == BackupKind.PLATFORM else "tenant_shop"
    dump = dump_database(source or backup.server, backup.database_name, backup.location, app=app, tell=tell)
    media = None
    if backup.tenant_id is not None:
        shop = directory.read_now(backup.tenant_id)
        media = copy_media(shop, backup.location, earlier=_files_of_the_last(backup), tell=tell)
    manifest = Manifest(
        id=backup.pk,
        kind=backup.kind,
        tenant_id=backup.tenant_id,
        slug=backup.slug,
        reason=backup.reason,
        server=backup.server,
        database_name=backup.database_name,
        epoch=backup.epoch,
        schema_version=dump.schema_version,
        postgresql=dump.postgresql,
        pg_dump=dump.pg_dump,
        started_at=backup.started_at,
        finished_at=timezone.now(),
        dump=dump.file,
        media_list=media.listed if media else None,
        media_files=media.files if media else 0,
        media_bytes=media.size if media else 0,
        tables=dump.tables,
    )
    write_manifest(backup.location, manifest)
    enter_in_ledger(backup, manifest)


def enter_in_ledger(backup: Backup, manifest: Manifest) -> None:
    """Write into the ledger what the manifest of a finished backup says."""
    backup.state, backup.error = BackupState.COMPLETE, ""
    backup.schema_version, backup.row_count = manifest.schema_version, manifest.row_count
    backup.dump_bytes, backup.dump_sha256 = manifest.dump.size, manifest.dump.sha256
    backup.media_files, backup.media_bytes = manifest.media_files, manifest.media_bytes
    backup.finished_at = manifest.finished_at
    backup.save()


def _files_of_the_last(backup: Backup) -> list[MediaFile]:
    """What the last good backup of the same shop has; nothing when it cannot be read, so that all is read anew."""
    last = Backup.objects.of(backup.tenant_id).complete().first()
    if last is None:
        return []
    try:
        return media_of(last.location, read_manifest(last.location))
    except BackupUnusable:
        return []


class _Beating:
    """Passes on how many bytes went by, and says now and then in the ledger that the backup is being taken."""

    def __init__(self, backup: Backup, tell: Tell) -> None:
        self._backup, self._tell, self._said_at = backup, tell, time.monotonic()

    def __call__(self, size: int) -> None:
        self._tell(size)
        if time.monotonic() - self._said_at > HEARTBEAT_SECONDS:
            Backup.objects.filter(pk=self._backup.pk).update(heartbeat_at=timezone.now())
            self._said_at = time.monotonic()
