"""The first subscription of a new merchant."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from platform_core.billing.models import BillingCycle, TenantSubscription
from platform_core.plans.models import TenantPlan

TRIAL_DAYS = 14


def open_trial(tenant_id: UUID, *, plan: str, today: date) -> None:
    """Give a merchant without a subscription a trial of `plan`, from `today` (in UTC) on. Idempotent.

    The plan's monthly price of today is frozen; nothing is owed before the trial's last day has passed.
    Errors: TenantPlan.DoesNotExist.
    """
    if TenantSubscription.objects.filter(tenant=tenant_id).exists():
        return
    agreed = TenantPlan.objects.get(name=plan)
    last_day = today + timedelta(days=TRIAL_DAYS - 1)
    TenantSubscription.objects.create(
        tenant_id=tenant_id,
        plan=agreed,
        billing_cycle=BillingCycle.MONTHLY,
        amount=agreed.monthly_price or Decimal(0),
        current_period_start=today,
        current_period_end=last_day,
        trial_end=last_day,
    )
