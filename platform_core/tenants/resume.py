"""Opening a suspended shop again."""

from datetime import UTC, date
from uuid import UUID

from django.utils import timezone

from platform_core.billing.go_on import go_on
from platform_core.billing.running import lock_running
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.standing import change_of_standing


def resume_tenant(
    tenant_id: UUID, *, reason: str = "", actor_id: UUID | None = None, today: date | None = None
) -> Tenant:
    """Open a suspended shop again, as it was. Its subscription goes on from `today` (UTC), by default the clock's:
    days on which it was closed are not billed, and what is overdue is followed anew, with all the time there is.

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
        running = lock_running(tenant)
        if running is not None:
            go_on(tenant, running, today=today or timezone.now().astimezone(UTC).date())
    return tenant
