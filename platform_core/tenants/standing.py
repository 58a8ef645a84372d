"""What every change of a shop's standing shares: the lock, the audit entry, the announcement."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.tenancy import directory
from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus


@contextmanager
def change_of_standing(
    tenant_id: UUID, *, action: str, wanted: str, possible_from: set[TenantStatus], reason: str, actor_id: UUID | None
) -> Iterator[Tenant]:
    """A transaction with the shop locked, for a block that changes and saves it.

    The audit log gets `action` with the status before and after and the reason. After commit: every process is told.
    Errors: Tenant.DoesNotExist; StandingRefused unless the status is one of `possible_from`. Nothing changes then.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        before = tenant.status
        if before not in possible_from:
            raise StandingRefused(tenant.slug, before, wanted)
        yield tenant
        record(
            action,
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            old_values={"status": before},
            new_values={"status": tenant.status},
            metadata={"reason": reason} if reason else {},
        )
        transaction.on_commit(partial(directory.forget, tenant.pk))
