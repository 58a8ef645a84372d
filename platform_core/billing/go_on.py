"""What becomes of the subscription of a shop that was closed and opens again."""

from datetime import date, timedelta

from platform_core.billing.letters import OWED
from platform_core.billing.models import BillingInvoice, SubscriptionStatus, TenantSubscription
from platform_core.billing.running import RENEWED, become
from platform_core.tenants.models import Tenant


def go_on(tenant: Tenant, subscription: TenantSubscription, *, today: date) -> None:
    """A locked subscription goes on as its shop opens on `today` (UTC): days on which the shop was closed after its
    period are not billed, the next period begins today. It is past due while something is overdue, and followed anew
    from today on. Nothing happens to one that has ended, and doing it again changes nothing."""
    if subscription.status not in {SubscriptionStatus.SUSPENDED, *RENEWED}:
        return
    yesterday = today - timedelta(days=1)
    if subscription.current_period_end < yesterday:
        subscription.current_period_end = yesterday
        # While nothing was billed, periods are counted from the first one by themselves.
        subscription.anchor_date = subscription.anchor_date and today
        subscription.save(update_fields=["current_period_end", "anchor_date"])
    if subscription.status == SubscriptionStatus.SUSPENDED:
        owes = is_overdue(tenant, today=today)
        become(subscription, SubscriptionStatus.PAST_DUE if owes else SubscriptionStatus.ACTIVE, today)


def is_overdue(tenant: Tenant, *, today: date) -> bool:
    """Whether a bill of the shop should have been paid before `today` (UTC). One statement."""
    return BillingInvoice.objects.filter(OWED, tenant=tenant, due_date__lt=today).exists()
