"""Closing a shop for a while."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenants.errors import StandingRefused
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.standing import change_of_standing
from platform_core.tenants.why_closed import is_closed_for_bills


def suspend_tenant(tenant_id: UUID, *, reason: str, actor_id: UUID | None = None) -> Tenant:
    """Close an active shop: shoppers see a neutral page, the merchant the way back. Its data stays.

    One that is closed for want of payment is closed for `reason` from then on: paying does not open it any more.
    Errors: StandingRefused unless the shop is active, or closed for want of payment; nothing changes then.
    """
    with change_of_standing(
        tenant_id,
        action="suspend_tenant",
        wanted="suspended",
        possible_from={TenantStatus.ACTIVE, TenantStatus.SUSPENDED},
        reason=reason,
        actor_id=actor_id,
    ) as tenant:
        if not may_be_suspended(tenant):
            raise StandingRefused(tenant.slug, tenant.status, "suspended")
        tenant.status = TenantStatus.SUSPENDED
        tenant.suspended_at = timezone.now()
        tenant.save(update_fields=["status", "suspended_at"])
    return tenant


def may_be_suspended(tenant: Tenant) -> bool:
    """Whether there is a reason left to close the shop for. Up to one statement besides the scope's own."""
    return tenant.status == TenantStatus.ACTIVE or is_closed_for_bills(tenant)
