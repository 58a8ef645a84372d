"""The next period of a subscription: what was agreed for then comes true, and is billed."""

from datetime import date, timedelta
from uuid import UUID

from platform_core.audit.record import record
from platform_core.billing.coupons.discount import begin_period
from platform_core.billing.ended import tell_ended
from platform_core.billing.go_on import is_overdue
from platform_core.billing.issue import issue_invoice
from platform_core.billing.lines import LineKind, line_of
from platform_core.billing.models import BillingInvoice, InvoiceKind, SubscriptionStatus, TenantSubscription
from platform_core.billing.periods import period_from
from platform_core.billing.recurring.note import note_recurring
from platform_core.billing.running import RENEWED, become, locked_subscription
from platform_core.billing.take_plan import take_plan
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant, TenantStatus


def renew(tenant_id: UUID, *, today: date) -> list[BillingInvoice]:
    """Bring a shop's subscription to the period that `today` (UTC) lies in, billing each period that it enters, in one
    transaction. The new invoices, none when the period is not over: safe to repeat, and after a kill.

    A period is billed on its first day, for all of it, at the price that was agreed; a trial is followed by a first
    period, from whose first day periods are counted, and which bears the setup fee; a coupon is used up by a period
    that it takes something off. A change that waits for the end of
    the period comes true, at the price that was confirmed; a subscription that ends with its period ends, and the shop
    closes. That of a shop that an operator has closed is suspended, and goes on when the shop opens (`go_on`).
    Errors: NoSubscription; Tenant.DoesNotExist.
    """
    issued = []
    with locked_subscription(tenant_id) as (tenant, subscription):
        while subscription.status in RENEWED and subscription.current_period_end < today:
            if subscription.ends_with_period:
                cancel_tenant(tenant.pk, reason="the subscription ended", today=today)
                tell_ended(subscription)
                break
            if tenant.status == TenantStatus.SUSPENDED:
                # What is overdue is followed to its end first.
                if not is_overdue(tenant, today=today):
                    become(subscription, SubscriptionStatus.SUSPENDED, today)
                break
            issued += _next_period(tenant, subscription, today)
    return issued


def _next_period(tenant: Tenant, subscription: TenantSubscription, today: date) -> list[BillingInvoice]:
    first = subscription.current_period_end + timedelta(days=1)
    if subscription.next_plan is not None and subscription.next_amount is not None:
        if subscription.next_cycle != subscription.billing_cycle:
            subscription.anchor_date = first
        plan, amount = subscription.next_plan, subscription.next_amount
        take_plan(tenant, subscription, plan, cycle=subscription.next_cycle, amount=amount)
    if subscription.anchor_date is None:
        subscription.anchor_date = first
    period = period_from(first, anchor=subscription.anchor_date, cycle=subscription.billing_cycle)
    subscription.current_period_start, subscription.current_period_end = period.first, period.last
    lines = [line_of(LineKind.PLAN, subscription.plan, period, subscription.amount, subscription.currency)]
    if subscription.setup_fee:
        lines.append(line_of(LineKind.SETUP, subscription.plan, period, subscription.setup_fee, subscription.currency))
        subscription.setup_fee = 0
    discounts = begin_period(subscription, subscription.plan, subscription.amount, period)
    subscription.save()
    note_recurring(subscription, today)
    invoice = issue_invoice(
        subscription, tenant, InvoiceKind.PERIOD, lines, discounts=discounts, period=period, on=today
    )
    record(
        "renew_subscription",
        resource_type="subscription",
        resource_id=subscription.pk,
        tenant_id=tenant.pk,
        new_values={
            "plan": subscription.plan.name,
            "period": [period.first.isoformat(), period.last.isoformat()],
            "invoice": invoice.invoice_number if invoice else None,
        },
    )
    return [invoice] if invoice else []
