"""What the merchant's plan includes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from platform_core.accounts.models import PlatformRole, TenantAccess
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.accounts.staff.seats import LIVE
from platform_core.plans.limits import PlanTerms, terms_of
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class PlanAndStaff:
    """What the plan includes, and how many places are taken: by the merchant's own people with live access to the shop,
    and by those who are invited.
    """

    limits: PlanTerms
    staff: int


def plan_limits() -> PlanTerms:
    """What the active shop's plan includes at this moment, to count against; one SELECT on the platform. Whether it has
    a feature is asked of `current_tenant().plan_terms`.
    """
    return terms_of(TenantPlan.objects.get(name=current_tenant().plan))


def plan_and_staff() -> PlanAndStaff:
    """One SELECT on the platform."""
    tenant = current_tenant()
    people = TenantAccess.objects.filter(LIVE, tenant=tenant.id, platform_user__role=PlatformRole.MERCHANT)
    invited = TenantInvitation.objects.filter(tenant=tenant.id).open()
    plan = TenantPlan.objects.annotate(staff=_number(people) + _number(invited)).get(name=tenant.plan)
    return PlanAndStaff(terms_of(plan), plan.staff)


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("tenant").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
