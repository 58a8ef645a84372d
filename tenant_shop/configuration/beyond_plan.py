"""More than the merchant's plan includes of what is never refused: it is written down, and the merchant told."""

from dataclasses import dataclass

from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.record import record
from platform_core.audit.scope import tenant_scope
from platform_core.plans.limits import Limited, check_room
from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.plan import plan_limits

EXCEEDED = "exceed_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStanding:
    """How many there are, of how many that `plan` includes; `included` None is unlimited."""

    plan: str
    included: int | None
    there: int
    beyond: int


def standing_in_plan(what: Limited, there: int) -> PlanStanding:
    """How the active shop stands with `there` of what its plan limits and never refuses. One SELECT on the platform."""
    limits = plan_limits()
    beyond = check_room(limits, what, used=there, adding=0)
    return PlanStanding(plan=limits.plan, included=limits.of(what), there=there, beyond=beyond)


def note_beyond_plan(resource: str, stands: PlanStanding) -> None:
    """Write into the audit log, once in a calendar month (UTC), that there is more than the plan includes."""
    if not stands.beyond:
        return
    shop = current_tenant()
    since = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with tenant_scope(shop.id):
        noted = AuditLog.objects.filter(tenant=shop.id, action=EXCEEDED, resource_type=resource, created_at__gte=since)
        if noted.exists():
            return
        record(
            EXCEEDED,
            resource_type=resource,
            tenant_id=shop.id,
            new_values={"plan": stands.plan, "included": stands.included, "there": stands.there},
        )
