"""Money of credit notes that was sent to merchants."""

from datetime import date
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.cards.known import refuse_during_refund
from platform_core.billing.errors import NothingToGiveBack
from platform_core.billing.letters import Topic, tell
from platform_core.billing.models import BillingInvoice, InvoiceKind, InvoiceStatus


def give_back(
    number: str,
    *,
    on: date,
    method: str = "bank_transfer",
    reference: str = "",
    reason: str = "",
    actor_id: UUID | None = None,
) -> BillingInvoice:
    """Note that the money of a credit note about a paid invoice was given back `on` a day (UTC), and tell so.

    Errors: BillingInvoice.DoesNotExist; NothingToGiveBack; ChargeUnderWay while a card is given back to. Nothing
    changes then.
    """
    with transaction.atomic():
        rows = BillingInvoice.objects.select_for_update(no_key=True, of=("self",)).select_related("corrects")
        note = rows.get(invoice_number=number)
        is_due = note.kind == InvoiceKind.CREDIT and note.status == InvoiceStatus.PENDING
        if not is_due or note.corrects is None or note.corrects.status != InvoiceStatus.PAID:
            raise NothingToGiveBack(number)
        refuse_during_refund(note)
        note.status, note.paid_date, note.payment_method = InvoiceStatus.PAID, on, method
        note.external_payment_id = reference or None
        note.save(update_fields=["status", "paid_date", "payment_method", "external_payment_id"])
        record(
            "give_back",
            resource_type="invoice",
            resource_id=note.pk,
            tenant_id=note.tenant_id,
            user_id=actor_id,
            new_values={"on": on.isoformat(), "method": method, "reference": reference},
            metadata={"reason": reason} if reason else {},
        )
        tell(Topic.GIVEN_BACK, note)
    return note


def take_note_back(note: BillingInvoice) -> None:
    """The money that was taken for given back came home again: the locked credit note is open once more."""
    note.status, note.paid_date, note.payment_method, note.external_payment_id = InvoiceStatus.PENDING, None, None, None
    note.save(update_fields=["status", "paid_date", "payment_method", "external_payment_id"])
