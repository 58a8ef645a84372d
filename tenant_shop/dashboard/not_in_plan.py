"""What stands in the place of figures that the plan does not include: what they would be, and the way there."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.plan.door import may_change
from tenant_shop.backoffice.site import backoffice


@dataclass(frozen=True, slots=True)
class Offer:
    """A feature that `plan` does not include. Who may change the plan is led to the others."""

    feature: Feature
    plan: str
    may_change: bool


def offer_of(request: HttpRequest, feature: Feature) -> Offer | None:
    """None for what the active shop's plan includes. No statement."""
    terms = current_tenant().plan_terms
    return None if terms.includes(feature) else Offer(feature, terms.plan, may_change(request))


def offer_page(request: HttpRequest, offer: Offer, *, title: str) -> HttpResponse:
    """The page called `title`, as it is without the feature."""
    context = {**backoffice.each_context(request), "title": title, "offer": offer}
    return TemplateResponse(request, "dashboard/not_in_plan.html", context)
