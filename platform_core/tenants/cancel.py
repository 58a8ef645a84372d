"""Ending a merchant's shop."""

from datetime import UTC, date
from uuid import UUID

from django.utils import timezone

from platform_core.billing.models import SubscriptionStatus, TenantSubscription
from platform_core.billing.recurring.note import note_recurring
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.standing import change_of_standing


def cancel_tenant(tenant_id: UUID, *, reason: str, actor_id: UUID | None = None, today: date | None = None) -> Tenant:
    """Close a shop for good and end its subscriptions. Its database is kept: dropping it is another, later step.

    `today` (UTC) is the day on which its revenue ends, by default that of the clock. A shop that is being made can
    be cancelled too; it will not open.
    Errors: StandingRefused for a cancelled shop; nothing changes then.
    """
    with change_of_standing(
        tenant_id,
        action="cancel_tenant",
        wanted="cancelled",
        possible_from={TenantStatus.ACTIVE, TenantStatus.SUSPENDED, TenantStatus.PENDING_SETUP},
        reason=reason,
        actor_id=actor_id,
    ) as tenant:
        tenant.status = TenantStatus.CANCELLED
        tenant.save(update_fields=["status"])
        running = TenantSubscription.objects.filter(tenant=tenant).exclude(status=SubscriptionStatus.CANCELLED)
        for subscription in running.select_for_update(no_key=True, of=("self",)).select_related("plan"):
            subscription.status, subscription.cancelled_at = SubscriptionStatus.CANCELLED, timezone.now()
            subscription.save(update_fields=["status", "cancelled_at"])
            note_recurring(subscription, today or timezone.now().astimezone(UTC).date())
    return tenant
