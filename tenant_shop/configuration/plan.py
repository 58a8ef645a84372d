"""What the merchant's plan includes."""

from platform_core.plans.limits import PlanLimits, limits_of
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import current_tenant


def plan_limits() -> PlanLimits:
    """The limits of the active shop's plan; one SELECT on the platform."""
    plan = TenantPlan.objects.get(name=current_tenant().plan)
    return limits_of(plan, name=plan.display_name)
