"""Webhooks belong to the API: what they carry is its representation of the shop."""

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from tenant_shop.integrations.keys.errors import ApiNotInPlan


def check_plan() -> None:
    """Errors: ApiNotInPlan. No statement."""
    terms = current_tenant().plan_terms
    if not terms.includes(Feature.API_ACCESS):
        raise ApiNotInPlan(terms.plan)
