"""A shop changes over to another database: closed for a moment, one transaction, a new epoch."""

from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.fleet.allot import give_allotment
from platform_core.fleet.databases import close_database, database_exists, lock_down_database, open_database
from platform_core.fleet.restores.models import KeptDatabase, Restore, RestoreState
from platform_core.fleet.servers import OwnerConnection
from platform_core.plans.allotments import DEFAULT, allotments
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant, TenantAvailability


def change_over(
    restore: Restore, connection: OwnerConnection, old: OwnerConnection | None, *, schema_version: str
) -> None:
    """Let the shop of `restore` change over to `new_database`, and keep `old_database` closed.

    `connection` and `old` are owner's connections to the servers of the two, which may be one; there is no `old` to a
    server that is lost.

    The old one is closed before the change: a process that has not heard of it must not write an order into a
    database that nobody will read again. Each step may be killed and is safe to repeat.
    """
    _close_shop(restore)
    old_is_there = old is not None and database_exists(old, restore.old_database)
    if old is not None and old_is_there:
        close_database(old, restore.old_database)
    open_database(connection, restore.new_database)
    lock_down_database(connection, restore.new_database)
    give_allotment(connection, restore.new_database, allotments().get(restore.tenant.plan_type, DEFAULT))
    _swap(restore, schema_version=schema_version, old_is_there=old_is_there)


def give_up(restore: Restore, old: OwnerConnection | None) -> None:
    """The change-over cannot be done: the shop goes on with the database that it has."""
    if old is not None and database_exists(old, restore.old_database):
        open_database(old, restore.old_database)
    with transaction.atomic():
        tenant = _locked(restore)
        if restore.closed_shop and tenant.availability == TenantAvailability.MAINTENANCE:
            tenant.availability = TenantAvailability.OPEN
            tenant.save(update_fields=["availability"])
            transaction.on_commit(partial(directory.forget, tenant.pk))


def _close_shop(restore: Restore) -> None:
    with transaction.atomic():
        tenant = _locked(restore)
        if tenant.availability == TenantAvailability.OPEN:
            tenant.availability = TenantAvailability.MAINTENANCE
            tenant.save(update_fields=["availability"])
            restore.closed_shop = True
            restore.save(update_fields=["closed_shop"])
            transaction.on_commit(partial(directory.forget, tenant.pk))


def _swap(restore: Restore, *, schema_version: str, old_is_there: bool) -> None:
    with transaction.atomic():
        tenant = _locked(restore)
        before = {"server": str(tenant.server_id), "database_name": tenant.database_name, "epoch": tenant.epoch}
        if old_is_there:
            KeptDatabase.objects.create(
                tenant=tenant,
                server=restore.old_is_on,
                name=restore.old_database,
                schema_version=tenant.schema_version,
                kept_until=timezone.now() + timedelta(hours=settings.RESTORE_KEEP_HOURS),
            )
        KeptDatabase.objects.filter(name=restore.new_database).delete()
        tenant.server_id = restore.server
        tenant.database_name, tenant.schema_version = restore.new_database, schema_version
        tenant.epoch += 1
        if restore.closed_shop:
            tenant.availability = TenantAvailability.OPEN
        tenant.save(update_fields=["server", "database_name", "schema_version", "epoch", "availability"])
        restore.state, restore.finished_at, restore.error = RestoreState.SUCCEEDED, timezone.now(), ""
        restore.save(update_fields=["state", "finished_at", "error"])
        record(
            "undo_restore" if restore.is_undo else "restore_tenant",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            old_values=before,
            new_values={"server": restore.server, "database_name": tenant.database_name, "epoch": tenant.epoch},
            metadata={"backup": str(restore.backup_id)} if restore.backup_id else {},
        )
        transaction.on_commit(partial(directory.forget, tenant.pk))


def _locked(restore: Restore) -> Tenant:
    return Tenant.objects.select_for_update(no_key=True).get(pk=restore.tenant_id)
