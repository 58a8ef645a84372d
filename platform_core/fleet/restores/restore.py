"""Restoring a shop, and undoing that: written down first, made aside, then the shop changes over."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from platform_core.fleet.backups.back_up import HEARTBEAT_SECONDS
from platform_core.fleet.backups.errors import BackupUnusable, RestoreRefused
from platform_core.fleet.backups.media import media_of, put_media_back
from platform_core.fleet.backups.models import Backup, BackupState
from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.databases import close_database, database_exists, drop_database_in_use, open_database
from platform_core.fleet.errors import FleetBusy, UnknownServer
from platform_core.fleet.migrate.shop import Shop
from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.names import restored_name
from platform_core.fleet.regions import check_region
from platform_core.fleet.restores.bring_up import bring_up_to_date
from platform_core.fleet.restores.change_over import change_over, give_up
from platform_core.fleet.restores.kept import work_of
from platform_core.fleet.restores.load import check_before, load_backup
from platform_core.fleet.restores.models import KeptDatabase, Restore, RestoreState
from platform_core.fleet.restores.verify import manifest_of
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenants.models import Tenant, TenantStatus

RESTORABLE = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)
LONGEST_ERROR = 500
STOPPED = "stopped by the operator"

logger = logging.getLogger(__name__)


def restore_shop(
    tenant_id: UUID, backup: Backup, *, to: str | None = None, old_is_lost: bool = False, tell: Tell = nobody
) -> Restore:
    """Give a shop the database that a backup of it holds, while its visitors go on with the one they have.

    The new one is made and proven aside, and brought to this release's schema; the shop is closed for the moment of
    the change-over only. The database before is kept for `settings.RESTORE_KEEP_HOURS`. One at a time for each shop.
    A restore that a kill cut short is finished first, as it was asked for. `to` is the key of the server that gets the
    database, the shop's own unless said otherwise; with `old_is_lost` the shop's own need not answer.
    Errors: RestoreRefused, OutsideRegion, BackupUnusable, RestoreFailed, FleetBusy; the shop is as it was then.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    if backup.tenant_id != tenant.pk:
        raise BackupUnusable(str(backup.pk), f"it is of {backup.slug or 'the platform'}, not of {tenant.slug}")
    if backup.state != BackupState.COMPLETE:
        raise BackupUnusable(str(backup.pk), f"it is {backup.state}")
    check_before(backup.location, manifest_of(backup))
    written = _write_down(
        tenant,
        backup=backup,
        server=_checked(tenant, to),
        new_database=restored_name(tenant.slug),
        old_is_lost=old_is_lost,
    )
    return run_restore(written.pk, tell=tell)


def _checked(tenant: Tenant, to: str | None) -> str:
    """Errors: RestoreRefused, OutsideRegion, UnknownServer when the shop may not be put on `to`."""
    if to is None or to == str(tenant.server_id):
        return str(tenant.server_id)
    if to not in settings.DATABASE_SERVERS:
        raise UnknownServer(to)
    check_region(tenant, to)
    state = DatabaseServer.objects.values_list("state", flat=True).get(key=to)
    if state != ServerState.OPEN:
        raise RestoreRefused(tenant.slug, f"the server {to} is {state}")
    return to


def undo_restore(tenant_id: UUID) -> Restore:
    """Give a shop the database back that its last restore replaced; the one it has now is kept in turn.

    Errors: RestoreRefused when none is kept; as `restore_shop`.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    done = Restore.objects.filter(tenant=tenant, state=RestoreState.SUCCEEDED, new_database=tenant.database_name)
    last = done.order_by("-finished_at").first()
    kept = KeptDatabase.objects.filter(tenant=tenant, name=last.old_database).first() if last else None
    if kept is None:
        raise RestoreRefused(tenant.slug, "no database from before a restore is kept")
    check_region(tenant, kept.server)
    return run_restore(_write_down(tenant, backup=None, server=kept.server, new_database=kept.name).pk)


def _write_down(
    tenant: Tenant, *, backup: Backup | None, server: str, new_database: str, old_is_lost: bool = False
) -> Restore:
    if tenant.status not in RESTORABLE:
        raise RestoreRefused(tenant.slug, f"it is {tenant.status.replace('_', ' ')}")
    if Move.objects.filter(tenant=tenant, state=MoveState.RUNNING).exists():
        raise RestoreRefused(tenant.slug, f"it is being moved; `manage.py move_tenant {tenant.slug} --resume` goes on")
    try:
        with transaction.atomic():
            return Restore.objects.create(
                tenant=tenant,
                backup=backup,
                is_undo=backup is None,
                server=server,
                old_server="" if server == str(tenant.server_id) else str(tenant.server_id),
                old_is_lost=old_is_lost and server != str(tenant.server_id),
                new_database=new_database,
                old_database=tenant.database_name,
            )
    except IntegrityError:
        running = Restore.objects.filter(tenant=tenant, state=RestoreState.RUNNING).first()
        if running is None:
            raise
        raise RestoreRefused(
            tenant.slug,
            f"the restore {running.pk} is under way; `manage.py restore --tenant {tenant.slug} --resume` finishes it"
            " if it was cut short",
        ) from None


def run_restore(restore_id: UUID, *, tell: Tell = nobody) -> Restore:
    """Carry out a restore that is written down; after a kill too, at any point. One that has ended is returned as is.

    Ctrl-C gives it up: whoever stops a restore does not want it finished by a worker a minute later.
    Errors: FleetBusy while another process is at it; as `restore_shop`, and the ledger says so then.
    """
    restore = Restore.objects.select_related("tenant", "backup").get(pk=restore_id)
    with (
        owner_connection(restore.server) as connection,
        only_one(connection, work_of(restore.tenant_id)),
        _old_server(restore, connection) as old,
    ):
        restore.refresh_from_db()
        if restore.state != RestoreState.RUNNING:
            return restore
        try:
            with _dropped_unless_done(restore, connection):
                _make(restore, connection, tell=_Beating(restore, tell))
                version = bring_up_to_date(_as_shop(restore))
                _shut_out_again(restore)
                change_over(restore, connection, old, schema_version=version)
        except FleetBusy:
            raise
        except (Exception, KeyboardInterrupt) as error:
            _fail(restore, connection, old, error)
            raise
    return restore


@contextmanager
def _old_server(restore: Restore, connection: OwnerConnection) -> Iterator[OwnerConnection | None]:
    """An owner's connection to the server of the old database, with the right to it; none when it is lost."""
    if not restore.old_server:
        yield connection
    elif restore.old_is_lost:
        yield None
    else:
        with (
            owner_connection(restore.old_server) as old,
            only_one(old, work_of(restore.tenant_id)),
        ):
            yield old


def _make(restore: Restore, connection: OwnerConnection, *, tell: Tell) -> None:
    """What a killed attempt made is dropped and made anew: nobody knows how far it came."""
    if restore.is_undo:
        if not database_exists(connection, restore.new_database):
            raise RestoreRefused(restore.tenant.slug, f"the database {restore.new_database} is not there any more")
        open_database(connection, restore.new_database)
        return
    if restore.backup is None:
        raise RestoreRefused(restore.tenant.slug, "its backup is gone")
    drop_database_in_use(connection, restore.new_database)
    manifest = manifest_of(restore.backup)
    location = restore.backup.location
    load_backup(location, manifest, server=restore.server, database=restore.new_database, tell=tell)
    put_media_back(directory.read_now(restore.tenant_id), media_of(location, manifest), tell=tell)
    with owner_connection(restore.server, restore.new_database) as inside:
        inside.execute("UPDATE tenant_sentinel SET database_name = %s", (restore.new_database,))


def _shut_out_again(restore: Restore) -> None:
    """Whoever was shut out of the shop since the backup is not let in again by it."""
    changes = shop_hooks.changes_of_restore(restore.tenant_id) if shop_hooks.changes_of_restore else []
    if changes:
        with owner_connection(restore.server, restore.new_database) as inside:
            for statement, parameters in changes:
                inside.execute(statement, parameters)


def _as_shop(restore: Restore) -> Shop:
    tenant = restore.tenant
    return Shop(id=tenant.pk, slug=tenant.slug, server=restore.server, database=restore.new_database)


@contextmanager
def _dropped_unless_done(restore: Restore, connection: OwnerConnection) -> Iterator[None]:
    """A failed restore leaves no database behind. Should it be in doubt whether the shop has it, it stays."""
    try:
        yield
    except (Exception, KeyboardInterrupt):
        restore.refresh_from_db()
        if restore.state == RestoreState.RUNNING and not restore.is_undo:
            drop_database_in_use(connection, restore.new_database)
        raise


def _fail(restore: Restore, connection: OwnerConnection, old: OwnerConnection | None, error: BaseException) -> None:
    """What cannot even be given up (the server went away) stays `running`, and the reconciler takes it on."""
    restore.refresh_from_db()
    if restore.state != RestoreState.RUNNING:
        return
    give_up(restore, old)
    if restore.is_undo and database_exists(connection, restore.new_database):
        close_database(connection, restore.new_database)
    restore.state, restore.finished_at = RestoreState.FAILED, timezone.now()
    said = STOPPED if isinstance(error, KeyboardInterrupt) else f"{type(error).__name__}: {error}"
    restore.error = said.strip()[:LONGEST_ERROR]
    restore.save(update_fields=["state", "finished_at", "error"])


class _Beating:
    def __init__(self, restore: Restore, tell: Tell) -> None:
        self._restore, self._tell, self._said_at = restore, tell, time.monotonic()

    def __call__(self, size: int) -> None:
        self._tell(size)
        if time.monotonic() - self._said_at > HEARTBEAT_SECONDS:
            Restore.objects.filter(pk=self._restore.pk).update(heartbeat_at=timezone.now())
            self._said_at = time.monotonic()
