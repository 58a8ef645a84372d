"""A shop that could not be made: as if nobody had asked for it."""

from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction

from platform_core.audit.record import record
from platform_core.fleet.backups.media import file_names
from platform_core.fleet.databases import drop_database_in_use
from platform_core.fleet.models import SpareDatabase
from platform_core.fleet.servers import owner_connection
from platform_core.tenancy import directory
from platform_core.tenancy.context import tenant_context
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus


def discard_pending(tenant_id: UUID) -> None:
    """Drop the database and the files of a shop in preparation, which nobody was let into, and free its address.

    The shop's row stays, cancelled, under a name that no merchant can ask for: the audit log speaks of it. Safe to
    repeat. Errors: StandingRefused unless the shop is in preparation.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    if tenant.status != TenantStatus.PENDING_SETUP:
        raise StandingRefused(tenant.slug, tenant.status, "discarded")
    with owner_connection(str(tenant.server_id)) as connection:
        drop_database_in_use(connection, tenant.database_name)
    SpareDatabase.objects.filter(claimed_by__tenant=tenant).delete()
    remove_files(tenant_id)
    with transaction.atomic():
        let_go_of_address(tenant)
        record("discard_tenant", resource_type="tenant", resource_id=tenant.pk, tenant_id=tenant.pk)
    directory.forget(tenant_id)


def let_go_of_address(tenant: Tenant) -> None:
    """Cancel a shop whose database is gone, or about to go: another can have its address and its database's name."""
    ended = f"ended-{tenant.pk.hex}"
    tenant.status, tenant.domain, tenant.database_name = TenantStatus.CANCELLED, None, database_of(ended)
    tenant.slug = tenant.subdomain = ended
    tenant.save(update_fields=["status", "domain", "slug", "subdomain", "database_name"])


def database_of(ended: str) -> str:
    """What the database of a shop is called that let go of its address: a name that no shop can get."""
    return f"{settings.DATABASE_PREFIX}{ended.replace('-', '_')}"


def remove_files(tenant_id: UUID) -> int:
    """Remove every file of a shop from the storage; how many there were. Safe to repeat."""
    removed = 0
    with tenant_context(directory.read_now(tenant_id)):
        for name in list(file_names()):
            default_storage.delete(name)
            removed += 1
    return removed
