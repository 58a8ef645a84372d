"""Databases that were shops' until a restore, or a cancelled shop's: kept for a while, then dropped."""

from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.functions import Now

from platform_core.fleet.backups.models import Backup, BackupReason
from platform_core.fleet.copies.discard import remove_files
from platform_core.fleet.databases import database_exists, drop_database_in_use
from platform_core.fleet.errors import DatabaseNameOccupied
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.tenants.models import Tenant, TenantStatus

# By the clock of the platform's database: one machine whose own is wrong must not drop what is to be kept.
IS_OVER = ExpressionWrapper(Q(kept_until__lt=Now()), output_field=BooleanField())


def work_of(tenant_id: UUID) -> str:
    """The right to decide which database a shop has, and which of its databases go."""
    return f"databases of shop {tenant_id}"


def drop_kept(name: str) -> None:
    """Drop a kept database whose time is over, and its row; a row whose database is gone goes too.

    Nothing happens when the shop took it back meanwhile. Safe to repeat after a kill.
    Errors: FleetBusy while the shop is restored; DatabaseNameOccupied when it is a shop's current one, whatever the row
    says, unless that shop is cancelled and its final backup was proven; it stays then.
    """
    found = KeptDatabase.objects.get(name=name)
    with owner_connection(found.server) as connection, only_one(connection, work_of(found.tenant_id)):
        kept = KeptDatabase.objects.filter(name=name).annotate(is_over=IS_OVER).first()
        if kept is None or (not kept.is_over and database_exists(connection, name)):
            return
        owner = Tenant.objects.filter(database_name=name).first()
        if owner is not None and not _is_over(owner):
            raise DatabaseNameOccupied(kept.server, name)
        drop_database_in_use(connection, name)
        if owner is not None and owner.sandbox_of is not None:
            remove_files(owner.pk)
        kept.delete()


def _is_over(tenant: Tenant) -> bool:
    if tenant.sandbox_of is not None:
        return tenant.status == TenantStatus.CANCELLED  # what was tried out is nobody's loss
    final = Backup.objects.of(tenant.pk).complete().filter(reason=BackupReason.FINAL, verified_at__isnull=False)
    return tenant.status == TenantStatus.CANCELLED and final.exists()
