"""What a plan has to include before a resource of the API answers."""

from django.urls import reverse

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import shop_url
from smartseller.api.refusals import Refusal

CODES = {
    Feature.ANALYTICS: "analytics_not_in_plan",
    Feature.ADVANCED_REPORTS: "advanced_reports_not_in_plan",
    Feature.API_ACCESS: "api_not_in_plan",
}
CALLED = {Feature.API_ACCESS: "the API"}


def check_feature(feature: Feature) -> None:
    """No statement. Errors: Refusal 403, whose code names the feature, with the plan and where another is chosen."""
    shop = current_tenant()
    if shop.plan_terms.includes(feature):
        return
    plan = shop.plan_terms.plan
    raise Refusal(
        403,
        CODES[feature],
        f"The plan {plan} does not include {CALLED.get(feature, feature.value)}.",
        facts={"plan": plan, "upgrade_url": shop_url(shop.slug, reverse("admin:plan"))},
    )
