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
STATES = {Outcome.SUCCEEDED: ChargeState.SUCCEEDED, Outcome.CONFIRM: ChargeState.CONFIRMING}


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
        if not _is_news(charge, report.outcome):
            return charge
        succeeded, was_waited_for = report.outcome is Outcome.SUCCEEDED, charge.state == ChargeState.CONFIRMING
        charge.state = STATES.get(report.outcome, ChargeState.DECLINED)
        charge.reference = report.reference or charge.reference
        if report.outcome is not Outcome.WITHDRAWN or not was_waited_for:
            charge.reason = report.reason
        charge.settled_at = None if report.outcome is Outcome.CONFIRM else timezone.now()
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
        elif invoice.status in OPEN and not was_waited_for:
            invoice.status = InvoiceStatus.FAILED
            invoice.save(update_fields=["status"])
            asks = report.outcome is Outcome.CONFIRM
            tell(Topic.CARD_CONFIRM if asks else Topic.CARD_DECLINED, invoice, step=_tries(invoice))
    return charge


def _is_news(charge: CardCharge, outcome: Outcome) -> bool:
    """Whether it changes anything. What waits for the payer may be tried on the payer's page as often as the bank
    likes: it ends when it is taken, or withdrawn."""
    match charge.state:
        case ChargeState.SUCCEEDED:
            return False
        case ChargeState.CONFIRMING:
            return outcome in (Outcome.SUCCEEDED, Outcome.WITHDRAWN)
        case ChargeState.DECLINED:
            return outcome is Outcome.SUCCEEDED
    return outcome not in (Outcome.WAITING, Outcome.READY)


def _tries(invoice: BillingInvoice) -> int:
    return invoice.charges.exclude(state__in=[ChargeState.ASKING, ChargeState.SUCCEEDED]).count()
