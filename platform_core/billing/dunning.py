"""What becomes of merchants who do not pay: reminded, past due, closed for a while, closed for good."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from platform_core.audit.record import record
from platform_core.billing.closed import close_for_bills
from platform_core.billing.letters import OWED, Topic, tell
from platform_core.billing.models import BillingInvoice, SubscriptionStatus, TenantSubscription
from platform_core.billing.running import become, locked_subscription
from platform_core.tenants.cancel import cancel_tenant
from platform_core.tenants.models import Tenant, TenantStatus

logger = logging.getLogger(__name__)

# Days after the due day.
REMINDERS = (1, 3, 5, 7)
PAST_DUE_AFTER, SUSPENDED_AFTER, CLOSED_AFTER = 7, 14, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What was done about a shop's oldest open invoice: the topic of its mail, or why nothing could be."""

    slug: str
    invoice: str
    topic: str
    error: Exception | None = None


def dunning_run(today: date) -> Iterator[Step]:
    """Take the next step with every shop that has an overdue invoice on `today` (UTC), a shop in one transaction.

    Reminders go out 1, 3, 5 and 7 days after the due day, the newest of those that were missed; then the subscription
    is past due and the shop sells on; after 14 days it is closed to shoppers, after 30 for good. Between two of these
    lie as many days as always, also when nights were missed: whoever was warned has the time that the mail said. Doing
    it again, or after a kill, repeats nothing. One that fails holds no other up.
    """
    owing = BillingInvoice.objects.filter(OWED, due_date__lt=today, tenant__sandbox_of=None)
    running = TenantSubscription.objects.exclude(status=SubscriptionStatus.CANCELLED).values("tenant")
    shops = Tenant.objects.filter(pk__in=owing.values("tenant")).filter(pk__in=running).order_by("slug")
    for tenant_id, slug in shops.values_list("pk", "slug"):
        try:
            step = take_step(tenant_id, today)
        except Exception as error:
            logger.exception("the open invoices of %s could not be followed", slug)
            step = Step(slug=slug, invoice="", topic="", error=error)
        if step is not None:
            yield step


def take_step(tenant_id: UUID, today: date) -> Step | None:
    """The next step with a shop, if one is due. Errors: NoSubscription."""
    with locked_subscription(tenant_id) as (tenant, subscription):
        invoice = (
            BillingInvoice.objects.filter(OWED, tenant=tenant, due_date__lt=today)
            .order_by("due_date", "invoice_number")
            .first()
        )
        if invoice is None:
            return None
        topic = _next(tenant, subscription, invoice, today)
        if topic is None:
            return None
        record(
            "follow_invoice",
            resource_type="invoice",
            resource_id=invoice.pk,
            tenant_id=tenant.pk,
            new_values={"step": topic, "number": invoice.invoice_number},
        )
        return Step(slug=tenant.slug, invoice=invoice.invoice_number, topic=topic)


def _next(tenant: Tenant, subscription: TenantSubscription, invoice: BillingInvoice, today: date) -> Topic | None:
    days = (today - invoice.due_date).days
    warned = (today - subscription.status_since).days if subscription.status_since else 0
    match SubscriptionStatus(subscription.status):
        case SubscriptionStatus.SUSPENDED if days > CLOSED_AFTER and warned >= CLOSED_AFTER - SUSPENDED_AFTER:
            cancel_tenant(tenant.pk, reason=f"{invoice.invoice_number} was not paid", today=today)
            topic = Topic.CLOSED
        case SubscriptionStatus.PAST_DUE if days > SUSPENDED_AFTER and warned >= SUSPENDED_AFTER - PAST_DUE_AFTER:
            become(subscription, SubscriptionStatus.SUSPENDED, today)
            if tenant.status == TenantStatus.ACTIVE:
                close_for_bills(tenant, number=invoice.invoice_number)
            topic = Topic.SUSPENDED
        case SubscriptionStatus.ACTIVE if days > PAST_DUE_AFTER:
            become(subscription, SubscriptionStatus.PAST_DUE, today)
            topic = Topic.PAST_DUE
        case SubscriptionStatus.ACTIVE:
            reached = max(day for day in REMINDERS if day <= days)
            return Topic.REMINDER if tell(Topic.REMINDER, invoice, step=reached) else None
        case _:
            return None
    # An operator may have opened the shop meanwhile: what is said again is said in another mail.
    _ = tell(topic, invoice) or tell(topic, invoice, step=days)
    return topic
