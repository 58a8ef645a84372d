"""Closing a shop for a while."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.standing import change_of_standing


def suspend_tenant(tenant_id: UUID, *, reason: str, actor_id: UUID | None = None) -> Tenant:
    """Close an active shop: shoppers see a neutral page, the merchant the way back. Its data stays.

    Errors: StandingRefused unless the shop is active; nothing changes then.
    """
    with change_of_standing(
        tenant_id,
        action="suspend_tenant",
        wanted="suspended",
        possible_from={TenantStatus.ACTIVE},
        reason=reason,
        actor_id=actor_id,
    ) as tenant:
        tenant.status = TenantStatus.SUSPENDED
        tenant.suspended_at = timezone.now()
        tenant.save(update_fields=["status", "suspended_at"])
    return tenant
