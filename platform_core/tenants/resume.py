"""Opening a suspended shop again."""

from uuid import UUID

from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.standing import change_of_standing


def resume_tenant(tenant_id: UUID, *, reason: str = "", actor_id: UUID | None = None) -> Tenant:
    """Open a suspended shop again, as it was.

    Errors: StandingRefused unless the shop is suspended; nothing changes then.
    """
    with change_of_standing(
        tenant_id,
        action="resume_tenant",
        wanted="resumed",
        possible_from={TenantStatus.SUSPENDED},
        reason=reason,
        actor_id=actor_id,
    ) as tenant:
        tenant.status = TenantStatus.ACTIVE
        tenant.suspended_at = None
        tenant.save(update_fields=["status", "suspended_at"])
    return tenant
