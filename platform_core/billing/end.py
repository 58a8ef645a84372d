"""Ending a subscription with its period, and thinking better of it."""

from datetime import date
from uuid import UUID

from platform_core.audit.record import record
from platform_core.billing.errors import NothingToChange
from platform_core.billing.running import locked_subscription


def end_with_period(tenant_id: UUID, *, reason: str = "", actor_id: UUID | None = None) -> date:
    """Have the subscription end when its period does; its last day (UTC). The shop sells until then, and closes.

    What waited for the end of the period is dropped. Errors: NoSubscription, NothingToChange; nothing changes then.
    """
    return _set(tenant_id, "end_subscription", ends=True, reason=reason, actor_id=actor_id)


def keep_on(tenant_id: UUID, *, actor_id: UUID | None = None) -> date:
    """Have a subscription that would end go on; the last day of its period. Errors: as `end_with_period`."""
    return _set(tenant_id, "keep_subscription", ends=False, reason="", actor_id=actor_id)


def _set(tenant_id: UUID, action: str, *, ends: bool, reason: str, actor_id: UUID | None) -> date:
    with locked_subscription(tenant_id) as (tenant, subscription):
        if subscription.ends_with_period == ends:
            raise NothingToChange
        subscription.ends_with_period = ends
        subscription.next_plan, subscription.next_cycle, subscription.next_amount = None, "", None
        subscription.save()
        record(
            action,
            resource_type="subscription",
            resource_id=subscription.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            new_values={"last_day": subscription.current_period_end.isoformat()},
            metadata={"reason": reason} if reason else {},
        )
    return subscription.current_period_end
