"""Webhooks belong to the API: what they carry is its representation of the shop."""

from platform_core.plans.api_terms import api_terms
from platform_core.tenancy.context import current_tenant
from tenant_shop.integrations.keys.errors import ApiNotInPlan


def check_plan() -> None:
    """Errors: ApiNotInPlan. At most one statement a minute, on the platform."""
    terms = api_terms(current_tenant().plan)
    if not terms.is_included:
        raise ApiNotInPlan(terms.plan)
