"""Money that came by bank transfer."""

from contextlib import ExitStack
from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.cards.known import refuse_during_charge
from platform_core.billing.errors import InvoiceNotPayable, NoSubscription
from platform_core.billing.go_on import go_on, is_overdue
from platform_core.billing.letters import OPEN, Topic, tell
from platform_core.billing.models import (
    BillingInvoice,
    InvoiceKind,
    InvoiceStatus,
    SubscriptionStatus,
    TenantSubscription,
)
from platform_core.billing.running import become, locked_subscription
from platform_core.tenants.models import Tenant, TenantStatus
from platform_core.tenants.resume import resume_tenant
from platform_core.tenants.why_closed import is_closed_for_bills


def mark_paid(
    number: str,
    *,
    on: date,
    today: date,
    method: str = "bank_transfer",
    reference: str = "",
    reason: str = "",
    actor_id: UUID | None = None,
) -> BillingInvoice:
    """Note on `today` that all that is owed of an invoice was paid `on` a day (both UTC), and thank for it.

    When nothing else is overdue, a subscription that was past due is active again, and a shop that was closed for want
    of payment, and nothing else, opens: days on which it was closed are not billed, its next period begins today.
    Errors: BillingInvoice.DoesNotExist; InvoiceNotPayable; ChargeUnderWay. Nothing changes then.
    """
    tenant_id = BillingInvoice.objects.values_list("tenant", flat=True).get(invoice_number=number)
    with transaction.atomic(), ExitStack() as stack:
        try:
            running = stack.enter_context(locked_subscription(tenant_id))
        except NoSubscription:
            running = None
        invoice = BillingInvoice.objects.select_for_update(no_key=True).get(invoice_number=number)
        if invoice.status not in OPEN or invoice.kind == InvoiceKind.CREDIT:
            raise InvoiceNotPayable(number, invoice.status)
        refuse_during_charge(invoice)
        before, invoice.status = invoice.status, InvoiceStatus.PAID
        invoice.paid_date, invoice.payment_method = on, method
        invoice.external_payment_id = reference or None
        invoice.save(update_fields=["status", "paid_date", "payment_method", "external_payment_id"])
        # What credit notes took back before was not paid, and need not be given back.
        invoice.credit_notes.filter(status=InvoiceStatus.PENDING).update(status=InvoiceStatus.PAID, paid_date=on)
        record(
            "mark_invoice_paid",
            resource_type="invoice",
            resource_id=invoice.pk,
            tenant_id=invoice.tenant_id,
            user_id=actor_id,
            old_values={"status": before},
            new_values={"status": invoice.status, "on": on.isoformat(), "reference": reference},
            metadata={"reason": reason} if reason else {},
        )
        tell(Topic.PAID, invoice)
        if running is not None:
            forgive(*running, today=today)
    return invoice


def forgive(tenant: Tenant, subscription: TenantSubscription, *, today: date) -> None:
    """What becomes of a locked subscription once nothing is overdue any more, on `today`. A shop that an operator
    closed stays closed, and is not billed before it is opened."""
    if is_overdue(tenant, today=today):
        return
    if subscription.status == SubscriptionStatus.PAST_DUE:
        become(subscription, SubscriptionStatus.ACTIVE, today)
    elif subscription.status == SubscriptionStatus.SUSPENDED:
        opens = is_closed_for_bills(tenant)
        if opens or tenant.status != TenantStatus.SUSPENDED or subscription.current_period_end >= today:
            go_on(tenant, subscription, today=today)
        if opens:
            resume_tenant(tenant.pk, reason="what was owed is paid", today=today)
