"""Which features a plan includes, asked by name."""

from platform_core.plans.models import TenantPlan

CUSTOM_DOMAIN = "custom_domain"


def includes(plan: str, feature: str) -> bool:
    """Whether the plan with this name includes the feature; one statement. No plan includes nothing."""
    features = TenantPlan.objects.filter(name=plan).values_list("features", flat=True).first()
    return (features or {}).get(feature) is True


def plan_called(plan: str) -> str:
    """What people call the plan."""
    return TenantPlan.objects.filter(name=plan).values_list("display_name", flat=True).first() or plan
