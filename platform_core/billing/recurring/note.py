"""Noting that a subscription brings more or less than before."""

from datetime import date
from decimal import Decimal

from platform_core.billing.models import BillingCycle, SubscriptionStatus, TenantSubscription
from platform_core.billing.recurring.models import RecurringChange, RevenueMove

COUNTED = {SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE}


def annual_value(subscription: TenantSubscription) -> Decimal:
    """What the running period brings, for a year of such periods, in the subscription's currency: without tax and fees,
    what a coupon took off it taken off. Nothing during a trial, while the shop is closed for want of payment, and once
    it has ended.
    """
    if subscription.status not in COUNTED or subscription.anchor_date is None:
        return Decimal(0)
    times = 1 if subscription.billing_cycle == BillingCycle.ANNUAL else 12
    return (subscription.amount - subscription.period_discount) * times


def note_recurring(subscription: TenantSubscription, today: date) -> None:
    """Add what changed to the ledger, in the caller's transaction, in which the subscription is locked. Up to four
    statements, none when nothing changed."""
    value = annual_value(subscription)
    change = value - subscription.annual_value
    if not change:
        return
    RecurringChange.objects.create(
        tenant_id=subscription.tenant_id,
        subscription=subscription,
        day=today,
        move=_move(subscription, value),
        annual_change=change,
        annual_value=value,
        plan=subscription.plan.name,
        currency=subscription.currency,
    )
    subscription.annual_value = value
    subscription.save(update_fields=["annual_value"])


def _move(subscription: TenantSubscription, value: Decimal) -> RevenueMove:
    before = subscription.annual_value
    if not value:
        return RevenueMove.CHURN
    if before:
        return RevenueMove.EXPANSION if value > before else RevenueMove.CONTRACTION
    was_there = RecurringChange.objects.filter(subscription=subscription).exists()
    return RevenueMove.RETURN if was_there else RevenueMove.NEW
