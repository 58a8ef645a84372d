"""A subscription takes another plan on."""

from decimal import Decimal
from functools import partial

from django.db import transaction

from platform_core.billing.models import TenantSubscription
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant


def take_plan(
    tenant: Tenant, subscription: TenantSubscription, plan: TenantPlan, *, cycle: str, amount: Decimal
) -> None:
    """Give the shop, locked, `plan` at `amount` a period; what waited for the end of the period waits no more.

    The caller saves the subscription. What the plan allots to the shop's database follows after the commit.
    """
    subscription.plan, subscription.billing_cycle, subscription.amount = plan, cycle, amount
    subscription.next_plan, subscription.next_cycle, subscription.next_amount = None, "", None
    if tenant.plan_type != plan.name:
        tenant.plan_type = plan.name
        tenant.save(update_fields=["plan_type"])
        transaction.on_commit(partial(directory.forget, tenant.pk))
