"""Asking for a backup out of turn: a worker takes it."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.fleet.backups.models import BackupTurn
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus


def ask_for_backup(tenant_id: UUID, *, reason: str, actor_id: UUID) -> None:
    """Have a shop backed up next: its turn is due now, and a worker takes it within a minute. Asked for while one is
    taken, another is taken after it.

    Errors: Tenant.DoesNotExist; StandingRefused for a sandbox, and for a shop that is not served.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        if tenant.sandbox_of is not None:
            raise StandingRefused(tenant.slug, "a sandbox", "backed up")
        if tenant.status not in (TenantStatus.ACTIVE, TenantStatus.SUSPENDED):
            raise StandingRefused(tenant.slug, tenant.status, "backed up")
        BackupTurn.objects.update_or_create(tenant=tenant, defaults={"due_at": timezone.now(), "is_asked": True})
        record(
            "ask_for_backup",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            metadata={"reason": reason},
        )
