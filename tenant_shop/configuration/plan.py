"""What the merchant's plan includes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from platform_core.accounts.models import PlatformRole, TenantAccess
from platform_core.accounts.staff.models import TenantInvitation
from platform_core.accounts.staff.seats import LIVE
from platform_core.plans.limits import PlanLimits, limits_of
from platform_core.plans.models import TenantPlan
from platform_core.tenancy.context import current_tenant


@dataclass(frozen=True, slots=True)
class PlanAndStaff:
    """The plan's limits, and how many places are taken: by the merchant's own people with live access to the shop, and
    by those who are invited.
    """

    limits: PlanLimits
    staff: int


def plan_limits() -> PlanLimits:
    """The limits of the active shop's plan; one SELECT on the platform."""
    plan = TenantPlan.objects.get(name=current_tenant().plan)
    return limits_of(plan, name=plan.display_name)


def plan_and_staff() -> PlanAndStaff:
    """One SELECT on the platform."""
    tenant = current_tenant()
    people = TenantAccess.objects.filter(LIVE, tenant=tenant.id, platform_user__role=PlatformRole.MERCHANT)
    invited = TenantInvitation.objects.filter(tenant=tenant.id).open()
    plan = TenantPlan.objects.annotate(staff=_number(people) + _number(invited)).get(name=tenant.plan)
    return PlanAndStaff(limits_of(plan, name=plan.display_name), plan.staff)


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("tenant").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)
