"""A shop's running subscription, for those who change it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.billing.errors import NoSubscription
from platform_core.billing.models import SubscriptionStatus, TenantSubscription
from platform_core.billing.periods import Period
from platform_core.billing.recurring.note import note_recurring
from platform_core.tenants.models import Tenant

# Nobody is billed, and nothing changed, while the subscription is suspended: for want of payment, or because the shop
# was closed when a period was over.
RENEWED = {SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE}


@contextmanager
def locked_subscription(tenant_id: UUID) -> Iterator[tuple[Tenant, TenantSubscription]]:
    """A transaction with the shop and its subscription locked, in this order: whoever bills, changes or ends it waits
    for the others. Errors: Tenant.DoesNotExist, NoSubscription.
    """
    with transaction.atomic():
        tenant = Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        yield tenant, _known(tenant, lock_running(tenant))


def running_subscription(tenant: Tenant) -> TenantSubscription:
    """As it is now, with its plan. Errors: NoSubscription."""
    return _known(tenant, _running(tenant, lock=False))


def lock_running(tenant: Tenant) -> TenantSubscription | None:
    """The subscription of a shop that is locked, locked as well, with its plan; None without one."""
    return _running(tenant, lock=True)


def _known(tenant: Tenant, found: TenantSubscription | None) -> TenantSubscription:
    if found is None:
        raise NoSubscription(tenant.slug)
    return found


def _running(tenant: Tenant, *, lock: bool) -> TenantSubscription | None:
    rows = TenantSubscription.objects.exclude(status=SubscriptionStatus.CANCELLED).filter(tenant=tenant)
    if lock:
        rows = rows.select_for_update(no_key=True, of=("self",))
    return rows.select_related("plan", "next_plan").first()


def current_period(subscription: TenantSubscription) -> Period:
    return Period(subscription.current_period_start, subscription.current_period_end)


def is_trial(subscription: TenantSubscription, today: date) -> bool:
    """Whether nothing is owed for `today`, because it is still tried out. What was billed never is, whatever the clock
    says."""
    is_billed = subscription.anchor_date is not None
    return not is_billed and subscription.trial_end is not None and today <= subscription.trial_end


def become(subscription: TenantSubscription, status: SubscriptionStatus, today: date) -> None:
    """Give a locked subscription another status, from `today` on."""
    subscription.status, subscription.status_since = status, today
    subscription.save(update_fields=["status", "status_since"])
    note_recurring(subscription, today)
