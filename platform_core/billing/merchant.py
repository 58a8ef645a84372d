"""What a merchant is shown of plan, price, card and bills."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.http import Http404

from platform_core.billing.cards.models import MerchantCard
from platform_core.billing.cards.stripe import is_offered
from platform_core.billing.coupons.models import CouponUse
from platform_core.billing.coupons.redeem import running_use
from platform_core.billing.letters import OWED
from platform_core.billing.models import BillingInvoice, SubscriptionStatus, TenantSubscription
from platform_core.billing.running import is_trial
from platform_core.billing.tax_ids.read import said_of
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import PlanType, Tenant
from platform_core.tenants.why_closed import is_shut

MOST_BILLS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A running subscription as its merchant sees it. `price` is of one period, without tax and without the coupon;
    days in UTC. `is_shut` says that an operator has closed the shop."""

    plan: str
    cycle: str
    price: Decimal
    currency: str
    status: str
    is_trial: bool
    last_day: date
    next_plan: str
    next_cycle: str
    next_price: Decimal | None
    ends: bool
    is_shut: bool
    coupon: CouponUse | None
    card: MerchantCard | None
    cards_offered: bool
    owed: Decimal
    bill_to: tuple[str, ...]
    tax_id: str
    tax_id_said: str

    @property
    def is_suspended(self) -> bool:
        return self.status == SubscriptionStatus.SUSPENDED

    @property
    def is_past_due(self) -> bool:
        return self.status == SubscriptionStatus.PAST_DUE


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A plan that can be chosen; `price` is None where it is not offered for the cycle."""

    plan: TenantPlan
    price: Decimal | None
    currency: str
    is_current: bool
    is_next: bool


def standing_of(tenant_id: UUID, today: date) -> Standing | None:
    """None for a shop without a running subscription. Six statements."""
    tenant = Tenant.objects.get(pk=tenant_id)
    found = _running(tenant_id)
    if found is None:
        return None
    sums = BillingInvoice.objects.filter(OWED, tenant=tenant_id).aggregate(
        total=Sum("total_amount"), credited=Sum("credited_amount")
    )
    owed = (sums["total"] or Decimal(0)) - (sums["credited"] or Decimal(0))
    lines = (tenant.billing_address or {}).get("lines") or []
    return Standing(
        plan=found.plan.display_name,
        cycle=found.billing_cycle,
        price=found.amount,
        currency=found.currency,
        status=found.status,
        is_trial=is_trial(found, today),
        last_day=found.current_period_end,
        next_plan=found.next_plan.display_name if found.next_plan else "",
        next_cycle=found.next_cycle,
        next_price=found.next_amount,
        ends=found.ends_with_period,
        is_shut=is_shut(tenant),
        coupon=running_use(found),
        card=MerchantCard.objects.filter(tenant=tenant_id).exclude(method="").first(),
        cards_offered=is_offered(),
        owed=owed,
        bill_to=tuple(lines),
        tax_id=tenant.tax_id or "",
        tax_id_said=said_of(tenant_id),
    )


def choices_of(tenant_id: UUID, cycle: str) -> list[Choice]:
    """The plans that can be chosen, cheapest first: public ones, and the shop's own. Two statements."""
    running = _running(tenant_id)
    own = running.plan_id if running else None
    plans = TenantPlan.objects.filter(is_active=True, name__in=PlanType.values)
    return [
        Choice(
            plan=plan,
            price=plan.annual_price if cycle == "annual" else plan.monthly_price,
            currency=running.currency if running else "USD",
            is_current=running is not None and (plan.pk, cycle) == (own, running.billing_cycle),
            is_next=running is not None and (plan.pk, cycle) == (running.next_plan_id, running.next_cycle),
        )
        for plan in plans
        if plan.is_public or plan.pk == own
    ]


def billed(tenant_id: UUID, *, bill_id: UUID | None = None) -> list[BillingInvoice]:
    """The newest bills and credit notes of a shop, or the one with an id. Errors: Http404 when it has not that one."""
    rows = BillingInvoice.objects.filter(tenant=tenant_id).select_related("corrects")
    if bill_id is None:
        return list(rows[:MOST_BILLS])
    found = rows.filter(pk=bill_id).first()
    if found is None:
        raise Http404
    return [found]


def _running(tenant_id: UUID) -> TenantSubscription | None:
    rows = TenantSubscription.objects.filter(tenant=tenant_id).exclude(status=SubscriptionStatus.CANCELLED)
    return rows.select_related("plan", "next_plan").first()
