"""More customers than the merchant's plan includes: nobody is turned away, it is written down and the merchant told."""

import logging
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils import timezone

from platform_core.audit.models import AuditLog
from platform_core.audit.record import record
from platform_core.audit.scope import tenant_scope
from platform_core.plans.limits import Limited, check_room
from platform_core.tenancy.context import current_tenant
from tenant_shop.configuration.plan import plan_limits
from tenant_shop.customers.find import ERASED_AT
from tenant_shop.customers.models import Customer

logger = logging.getLogger(__name__)

EXCEEDED = "exceed_plan"
RESOURCE = "customers"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersOfPlan:
    """How many customers there are, of how many that `plan` includes; `included` None is unlimited."""

    plan: str
    included: int | None
    there: int
    beyond: int


def customers_of_plan() -> CustomersOfPlan:
    """How the shop stands; who was erased does not count. One SELECT on the platform, one in the shop."""
    limits = plan_limits()
    there = Customer.objects.exclude(email__endswith=ERASED_AT).count()
    beyond = check_room(limits, Limited.CUSTOMERS, used=there, adding=0)
    return CustomersOfPlan(plan=limits.plan, included=limits.of(Limited.CUSTOMERS), there=there, beyond=beyond)


def note_customers_beyond_plan() -> None:
    """Write into the audit log, once in a calendar month (UTC), that there are more customers than the plan includes.

    Called after an account was opened, which stands whatever happens here: what fails is logged, and the next account
    makes up for it.
    """
    shop = current_tenant()
    try:
        stands = customers_of_plan()
        if not stands.beyond:
            return
        since = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        with tenant_scope(shop.id):
            noted = AuditLog.objects.filter(
                tenant=shop.id, action=EXCEEDED, resource_type=RESOURCE, created_at__gte=since
            )
            if noted.exists():
                return
            record(
                EXCEEDED,
                resource_type=RESOURCE,
                tenant_id=shop.id,
                new_values={"plan": stands.plan, "included": stands.included, "there": stands.there},
            )
    except DatabaseError:
        logger.exception("it could not be written down how many customers the shop has beyond its plan")
