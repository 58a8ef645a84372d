"""Another plan or cycle: what it would cost, and confirming just that."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from platform_core.audit.record import record
from platform_core.billing.coupons.discount import (
    Discount,
    begin_period,
    covering_use,
    discount_of,
    period_discount,
)
from platform_core.billing.coupons.models import CouponUse
from platform_core.billing.coupons.redeem import running_use
from platform_core.billing.errors import (
    NothingToChange,
    PlanNotOffered,
    PreviewOutdated,
    RenewalDue,
    ShopClosed,
    SubscriptionClosed,
)
from platform_core.billing.issue import amounts_of, issue_invoice
from platform_core.billing.lines import Line, LineKind, line_of
from platform_core.billing.models import BillingCycle, BillingInvoice, InvoiceKind, TenantSubscription
from platform_core.billing.periods import Period, period_from
from platform_core.billing.prices import price_of, share
from platform_core.billing.recurring.note import note_recurring
from platform_core.billing.running import RENEWED, current_period, is_trial, locked_subscription, running_subscription
from platform_core.billing.take_plan import take_plan
from platform_core.billing.taxes import tax_of
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import PlanType, Tenant
from platform_core.tenants.why_closed import is_shut
from smartseller.money import quantize


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What confirming does: `price` is that of a period from then on, without a coupon. Without `is_now` it waits for
    the end of the period, and nothing is charged before. `period` is the one that it holds for first; `lines` less
    `discounts`, and what they come to with tax (`total`), are charged at once."""

    plan: TenantPlan
    cycle: str
    price: Decimal
    is_now: bool
    period: Period
    lines: tuple[Line, ...]
    discounts: tuple[Discount, ...]
    subtotal: Decimal
    tax: Decimal
    tax_rate: Decimal
    reverse_charge: bool
    total: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class _Charge:
    """What a change that cannot wait charges: lines, and what a coupon takes off them; `period_discount` is what it
    takes off a whole period then, and `begins` whether a period begins that uses it."""

    lines: tuple[Line, ...]
    discount: Decimal
    period_discount: Decimal
    use: CouponUse | None
    begins: bool

    @property
    def net(self) -> Decimal:
        return sum((line.amount for line in self.lines), -self.discount)


def preview_change(tenant_id: UUID, *, plan: str, cycle: str, today: date) -> Change:
    """What `change_subscription` would do on `today` (UTC). Nothing is locked or changed.

    Errors: NoSubscription, PlanNotOffered, NothingToChange, RenewalDue, SubscriptionClosed, ShopClosed;
    Tenant.DoesNotExist.
    """
    tenant = Tenant.objects.get(pk=tenant_id)
    return _change(tenant, running_subscription(tenant), plan, cycle, today)


def change_subscription(
    tenant_id: UUID, *, plan: str, cycle: str, today: date, expected_total: Decimal, actor_id: UUID | None = None
) -> BillingInvoice | None:
    """Do what was previewed, if it still is what the merchant saw: `expected_total` is charged at once, tax included.
    The invoice, None where nothing is charged.

    Dearer is at once: what is left of the running period is charged at the new price, and given back at the old one, by
    days, that of the change included. From months to years is at once too: a year begins on that day. Everything else
    waits for the end of the period. During a trial it is at once and costs nothing. What it already is takes back what
    waited, and the end of a subscription. A coupon takes something off what is charged as it does off the period.
    Errors: as `preview_change`; PreviewOutdated. Nothing changes then.
    """
    with locked_subscription(tenant_id) as (tenant, subscription):
        change = _change(tenant, subscription, plan, cycle, today)
        if change.total != expected_total:
            raise PreviewOutdated(expected_total, change.total, subscription.currency)
        before = {"plan": subscription.plan.name, "cycle": subscription.billing_cycle}
        invoice = _take(tenant, subscription, change, today)
        subscription.ends_with_period = False
        subscription.save()
        note_recurring(subscription, today)
        record(
            "change_subscription",
            resource_type="subscription",
            resource_id=subscription.pk,
            tenant_id=tenant.pk,
            user_id=actor_id,
            old_values=before,
            new_values={
                "plan": change.plan.name,
                "cycle": change.cycle,
                "from": (today if change.is_now else change.period.first).isoformat(),
                "invoice": invoice.invoice_number if invoice else None,
            },
        )
    return invoice


def _take(tenant: Tenant, subscription: TenantSubscription, change: Change, today: date) -> BillingInvoice | None:
    if not change.is_now:
        is_same = (change.plan.pk, change.cycle) == (subscription.plan_id, subscription.billing_cycle)
        subscription.next_plan = None if is_same else change.plan
        subscription.next_cycle = "" if is_same else change.cycle
        subscription.next_amount = None if is_same else change.price
        return None
    charge = None if is_trial(subscription, today) else _charged_now(subscription, change.plan, change.cycle, today)
    take_plan(tenant, subscription, change.plan, cycle=change.cycle, amount=change.price)
    if charge is None:
        subscription.setup_fee = quantize(change.plan.setup_fee, subscription.currency)
        return None
    if charge.begins:
        subscription.anchor_date = change.period.first
        subscription.current_period_start = change.period.first
        subscription.current_period_end = change.period.last
        begin_period(subscription, change.plan, change.price, change.period)
    else:
        subscription.period_discount = charge.period_discount
    return issue_invoice(
        subscription,
        tenant,
        InvoiceKind.CHANGE,
        change.lines,
        discounts=change.discounts,
        period=change.period,
        on=today,
    )


def _change(tenant: Tenant, subscription: TenantSubscription, name: str, cycle: str, today: date) -> Change:
    plan = TenantPlan.objects.filter(name=name, is_active=True).first()
    if plan is None or name not in PlanType.values or cycle not in BillingCycle.values:
        raise PlanNotOffered(name, cycle)
    if is_shut(tenant):
        raise ShopClosed
    if subscription.status not in RENEWED:
        raise SubscriptionClosed(subscription.status)
    if subscription.current_period_end < today:
        raise RenewalDue
    is_same = (plan.pk, cycle) == (subscription.plan_id, subscription.billing_cycle)
    if is_same and subscription.next_plan is None and not subscription.ends_with_period:
        raise NothingToChange
    price = subscription.amount if is_same else price_of(plan, cycle, subscription.currency)
    charge = None if is_same or is_trial(subscription, today) else _charged_now(subscription, plan, cycle, today)
    if is_trial(subscription, today):
        period, is_now = current_period(subscription), True
    else:
        is_now = charge is not None
        period = _first_period(subscription, cycle, today, is_now=is_now)
    lines = charge.lines if charge else ()
    discounts: tuple[Discount, ...] = ()
    if charge and charge.use and charge.discount:
        discounts = (discount_of(charge.use, charge.discount, subscription.currency),)
    tax = tax_of(tenant)
    amounts = amounts_of(lines, discounts, tax, subscription.currency)
    return Change(
        plan=plan,
        cycle=cycle,
        price=price,
        is_now=is_now,
        period=period,
        lines=lines,
        discounts=discounts,
        subtotal=amounts.subtotal,
        tax=amounts.tax,
        tax_rate=tax.rate,
        reverse_charge=tax.reverse_charge,
        total=amounts.total,
        currency=subscription.currency,
    )


def _charged_now(subscription: TenantSubscription, plan: TenantPlan, cycle: str, today: date) -> _Charge | None:
    """What a change that cannot wait charges and gives back; None for one that can. What is given back is what was
    paid: the running period's price, without what a coupon took off it."""
    currency, running = subscription.currency, current_period(subscription)
    price = price_of(plan, cycle, currency)
    rest, left = Period(today, running.last), running.days_from(today)
    back = share(subscription.amount - subscription.period_discount, left, running.days, currency)
    given_back = line_of(LineKind.UNUSED, subscription.plan, rest, -back, currency)
    if cycle == subscription.billing_cycle and price > subscription.amount:
        use = covering_use(subscription, today)
        off = period_discount(use, plan, price, currency)
        line = line_of(LineKind.PLAN, plan, rest, share(price, left, running.days, currency), currency)
        charge = _Charge((line, given_back), share(off, left, running.days, currency), off, use, begins=False)
    elif (subscription.billing_cycle, cycle) == (BillingCycle.MONTHLY, BillingCycle.ANNUAL):
        use = running_use(subscription)
        off = period_discount(use, plan, price, currency)
        line = line_of(LineKind.PLAN, plan, period_from(today, anchor=today, cycle=cycle), price, currency)
        charge = _Charge((line, given_back), off, off, use, begins=True)
    else:
        return None
    costs_nothing_by_itself = charge.net == 0 and not charge.discount
    return None if charge.net < 0 or (charge.begins and costs_nothing_by_itself) else charge


def _first_period(subscription: TenantSubscription, cycle: str, today: date, *, is_now: bool) -> Period:
    """The period that the changed subscription is in, or the one that it begins with later."""
    is_another = cycle != subscription.billing_cycle
    if is_now:
        return period_from(today, anchor=today, cycle=cycle) if is_another else current_period(subscription)
    first = subscription.current_period_end + timedelta(days=1)
    return period_from(first, anchor=first if is_another else subscription.anchor_date or first, cycle=cycle)
