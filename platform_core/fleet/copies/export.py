"""Exporting a shop: written down first, made by a worker, there for its owners for some days."""

import logging
import tempfile
import time
from datetime import timedelta
from typing import IO, cast
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from platform_core.audit.record import record
from platform_core.fleet.backups.store import Measured, Tell, nobody, put, remove_folder, store
from platform_core.fleet.copies.errors import ExportGone, ExportUnderWay
from platform_core.fleet.copies.models import ExportState, ShopExport
from platform_core.fleet.copies.write import write_archive
from platform_core.fleet.databases import database_exists
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus
from smartseller.ids import uuid7

SALT = "smartseller.fleet.export"
HEARTBEAT_SECONDS = 5.0
# A worker that is alive says so every few seconds.
SILENT = timedelta(minutes=2)
LONGEST_ERROR = 500
EXPORTABLE = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED, TenantStatus.CANCELLED)

logger = logging.getLogger(__name__)


def ask_for_export(tenant_id: UUID, *, actor_id: UUID | None = None) -> ShopExport:
    """Write down that an archive of a shop is wanted; `run_export` makes it.

    A cancelled shop can be exported as long as its database is open: until `tenant drop` closes it.
    Errors: StandingRefused; ExportUnderWay; psycopg.OperationalError when a cancelled shop's server does not answer;
    nothing changes then.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    if tenant.status not in EXPORTABLE or not is_there(tenant):
        raise StandingRefused(tenant.slug, tenant.status, "exported")
    export_id = uuid7()
    try:
        with transaction.atomic():
            export = ShopExport.objects.create(
                id=export_id, tenant=tenant, asked_by=actor_id, location=f"exports/{tenant.pk.hex}/{export_id.hex}.zip"
            )
            _record("export_tenant", export, actor_id=actor_id)
    except IntegrityError:
        raise ExportUnderWay(tenant.slug) from None
    return export


def is_there(tenant: Tenant) -> bool:
    """Whether a shop's database is open to be read. Of a cancelled one nothing but its server can say that it was
    dropped. Errors: psycopg.OperationalError when that does not answer.
    """
    if KeptDatabase.objects.filter(name=tenant.database_name).exists():
        return False
    if tenant.status != TenantStatus.CANCELLED:
        return True
    with owner_connection(str(tenant.server_id)) as connection:
        return database_exists(connection, tenant.database_name)


def export_soon(export_id: UUID) -> None:
    """Let a worker make it; the recurring job does when the queue does not answer."""
    try:
        export_task.delay(str(export_id))
    except (BrokerError, OSError) as error:
        logger.warning("export %s waits for the next round: %s", export_id, error)


def run_export(export_id: UUID, *, tell: Tell = nobody) -> ShopExport:
    """Make an archive that is written down; after a kill too, from the start. One that has ended is returned as is.

    Errors: FleetBusy while another process is at it, or the shop is restored; whatever stopped it, which the row has
    too, and no file is left then.
    """
    export = ShopExport.objects.select_related("tenant").get(pk=export_id)
    server = str(export.tenant.server_id)
    with owner_connection(server) as connection, only_one(connection, work_of(export.tenant_id)):
        export.refresh_from_db()
        if export.state != ExportState.RUNNING:
            return export
        ShopExport.objects.filter(pk=export.pk).update(heartbeat_at=timezone.now(), done_bytes=0)
        try:
            _make(export, tell=_Beating(export, tell))
        except FleetBusy:
            raise
        except Exception as error:
            store().delete(export.location)
            export.state, export.finished_at = ExportState.FAILED, timezone.now()
            export.error = f"{type(error).__name__}: {error}".strip()[:LONGEST_ERROR]
            export.save(update_fields=["state", "finished_at", "error"])
            raise
    return export


def _make(export: ShopExport, *, tell: Tell) -> None:
    """Whole on this machine first: a storage may take a file only from its beginning to its end."""
    shop = directory.read_now(export.tenant_id)
    store().delete(export.location)  # what a killed attempt left
    with tempfile.TemporaryFile() as made:
        manifest = write_archive(shop, made, beside=export.location.removesuffix(".zip"), tell=tell)
        made.seek(0)
        source = Measured(cast("IO[bytes]", made))
        put(export.location, source)
    now = timezone.now()
    export.state, export.finished_at, export.error = ExportState.READY, now, ""
    export.expires_at = now + timedelta(days=settings.EXPORT_KEEP_DAYS)
    export.schema_version, export.size, export.sha256 = manifest.schema_version, source.size, source.sha256
    with transaction.atomic():
        export.save(update_fields=["state", "finished_at", "error", "expires_at", "schema_version", "size", "sha256"])
        _record("finish_export", export, actor_id=export.asked_by, sha256=export.sha256)


def link_token(export: ShopExport) -> str:
    """What a link to a finished archive ends with; whoever has the link can download until the archive expires."""
    return signing.Signer(salt=SALT).sign_object({"export": export.pk.hex, "tenant": export.tenant_id.hex})


def read_token(token: str) -> ShopExport:
    """The archive of a link. Errors: ExportGone for a forged link and for an archive whose time is over."""
    try:
        told = signing.Signer(salt=SALT).unsign_object(token)
        export_id, tenant_id = UUID(told["export"]), UUID(told["tenant"])
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        raise ExportGone from None
    return downloadable(export_id, tenant_id)


def downloadable(export_id: UUID, tenant_id: UUID) -> ShopExport:
    """A shop's archive. Errors: ExportGone unless it is the shop's, whole, and its time not over."""
    found = ShopExport.objects.filter(
        pk=export_id, tenant=tenant_id, state=ExportState.READY, expires_at__gt=timezone.now()
    )
    export = found.select_related("tenant").first()
    if export is None or not store().exists(export.location):
        raise ExportGone
    return export


def open_export(export: ShopExport, *, actor_id: UUID | None, ip_address: str | None = None) -> IO[bytes]:
    """The archive's file, from its beginning; that it was opened is in the audit log."""
    with transaction.atomic():
        ShopExport.objects.filter(pk=export.pk).update(downloads=F("downloads") + 1)
        _record("download_export", export, actor_id=actor_id, ip_address=ip_address)
    return cast("IO[bytes]", store().open(export.location))


def file_name(export: ShopExport) -> str:
    return f"{export.tenant.slug}-{export.started_at:%Y-%m-%d}.zip"


def export_upkeep() -> int:
    """Take on archives whose process was stopped, remove those whose time is over; how many of either."""
    done = 0
    for export in ShopExport.objects.filter(state=ExportState.RUNNING, heartbeat_at__lt=timezone.now() - SILENT):
        try:
            run_export(export.pk)
            done += 1
        except FleetBusy:
            continue
        except Exception:
            logger.exception("export %s was taken on and failed", export.pk)
    for export in ShopExport.objects.filter(state=ExportState.READY, expires_at__lte=timezone.now()):
        remove_export(export)
        done += 1
    return done


def remove_export(export: ShopExport) -> None:
    """Remove an archive's file; the row stays and says that there was one. Safe to repeat."""
    remove_folder(export.location.removesuffix(".zip"))
    store().delete(export.location)
    ShopExport.objects.filter(pk=export.pk).update(state=ExportState.GONE)


def _record(
    action: str, export: ShopExport, *, actor_id: UUID | None, ip_address: str | None = None, **facts: str
) -> None:
    record(
        action,
        resource_type="tenant",
        resource_id=export.tenant_id,
        tenant_id=export.tenant_id,
        user_id=actor_id,
        metadata={"export": str(export.pk), **facts},
        ip_address=ip_address,
    )


class _Beating:
    """Passes on how many bytes were read, and says now and then in the row how far it is."""

    def __init__(self, export: ShopExport, tell: Tell) -> None:
        self._export, self._tell, self._said_at, self._done = export, tell, time.monotonic(), 0

    def __call__(self, size: int) -> None:
        self._tell(size)
        self._done += size
        if time.monotonic() - self._said_at > HEARTBEAT_SECONDS:
            row = ShopExport.objects.filter(pk=self._export.pk)
            row.update(heartbeat_at=timezone.now(), done_bytes=self._done)
            self._said_at = time.monotonic()


@shared_task(name="fleet.export_shop", acks_late=True)  # type: ignore[untyped-decorator]
def export_task(export_id: str) -> None:
    run_export(UUID(export_id))
