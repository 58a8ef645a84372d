"""What became of a charge, however and however often it is heard."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.billing.cards.models import CardCharge, ChargeState
from platform_core.billing.cards.protocol import Outcome, Report
from platform_core.billing.letters import OPEN, Topic, tell
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, InvoiceStatus
from platform_core.tenants.models import Tenant

CARD = "card"


def settle(charge_id: UUID, report: Report, *, today: date) -> CardCharge:
    """Enter what the gateway says of a charge, in one transaction, once: an answer, a signed message and a later
    question may bring the same. Taken is taken: what is heard of a decline after that is passed over.

    Locked are the shop, its subscription, the invoice and the charge, in this order.
    """
    tenant_id = CardCharge.objects.values_list("invoice__tenant", flat=True).get(pk=charge_id)
    with transaction.atomic():
        Tenant.objects.select_for_update(no_key=True).get(pk=tenant_id)
        invoice = BillingInvoice.objects.select_for_update(no_key=True).get(charges=charge_id)
        charge = (
            CardCharge.objects.select_for_update(no_key=True, of=("self",)).select_related("invoice").get(pk=charge_id)
        )
        if charge.state == ChargeState.SUCCEEDED or report.outcome in (Outcome.WAITING, Outcome.READY):
            return charge
        if charge.state == ChargeState.DECLINED and report.outcome is Outcome.DECLINED:
            return charge
        succeeded = report.outcome is Outcome.SUCCEEDED
        charge.state = ChargeState.SUCCEEDED if succeeded else ChargeState.DECLINED
        charge.reference, charge.reason = report.reference or charge.reference, report.reason
        charge.settled_at = timezone.now()
        charge.save(update_fields=["state", "reference", "reason", "settled_at"])
        record(
            "settle_charge",
            resource_type="invoice",
            resource_id=invoice.pk,
            tenant_id=tenant_id,
            new_values={"charge": str(charge.pk), "state": charge.state, "reason": charge.reason},
        )
        if succeeded:
            mark_paid(invoice.invoice_number, on=today, today=today, method=CARD, reference=charge.reference)
        elif invoice.status in OPEN:
            invoice.status = InvoiceStatus.FAILED
            invoice.save(update_fields=["status"])
            tell(Topic.CARD_DECLINED, invoice, step=invoice.charges.filter(state=ChargeState.DECLINED).count())
    return charge
