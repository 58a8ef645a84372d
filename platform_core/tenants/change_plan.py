"""Another plan for a shop."""

from datetime import UTC
from decimal import Decimal
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.billing.prices import price_of
from platform_core.billing.recurring.note import note_recurring
from platform_core.billing.running import lock_running
from platform_core.plans.models import TenantPlan
from platform_core.tenancy import directory
from platform_core.tenants.errors import StandingRefused, UnknownPlan
from platform_core.tenants.models import PlanType, Tenant, TenantStatus


def change_plan(tenant_id: UUID, *, plan: str, reason: str = "", actor_id: UUID | None = None) -> Tenant:
    """Give a shop the plan `plan` from now on; its running subscription has that plan's price of today.

    Nothing is owed or given back for the period that is running, and what waited for its end is dropped. What the plan
    allots to the shop's database is `fleet.allot.allot`'s. Errors: UnknownPlan; PlanNotOffered without a price of the
    shop's cycle; StandingRefused for a cancelled shop; nothing changes then.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        found = TenantPlan.objects.filter(name=plan, is_active=True).first()
        if found is None or plan not in PlanType.values:
            raise UnknownPlan(plan)
        if tenant.status == TenantStatus.CANCELLED:
            raise StandingRefused(tenant.slug, tenant.status, "given another plan")
        running = lock_running(tenant)
        price = Decimal(0) if running is None else price_of(found, running.billing_cycle, running.currency)
        before, tenant.plan_type = tenant.plan_type, plan
        tenant.save(update_fields=["plan_type"])
        if running is not None:
            running.plan, running.amount = found, price
            running.next_plan, running.next_cycle, running.next_amount = None, "", None
            running.period_discount = min(running.period_discount, running.amount)
            running.save(update_fields=["plan", "amount", "next_plan", "next_cycle", "next_amount", "period_discount"])
            note_recurring(running, timezone.now().astimezone(UTC).date())
        record(
            "change_plan",
            resource_type="tenant",
            resource_id=tenant.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            old_values={"plan": before},
            new_values={"plan": plan},
            metadata={"reason": reason} if reason else {},
        )
        transaction.on_commit(partial(directory.forget, tenant.pk))
    return tenant
