"""What people do with invoices for which a payer may be waited for, or a card may be given back to."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from platform_core.billing.cards.refund import refund_all
from platform_core.billing.cards.withdraw import withdraw
from platform_core.billing.credit import credit_invoice
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice


def note_transfer(number: str, *, on: date, today: date, **how: Any) -> BillingInvoice:
    """As `mark_paid`; a payer who was to confirm the same to the bank is waited for no longer. Not in a transaction.

    Errors: as `mark_paid`, InvoiceNotPayable also when it was confirmed a moment ago; CardsNotOffered;
    CardsUnavailable.
    """
    withdraw(_id_of(number), today=today)
    return mark_paid(number, on=on, today=today, **how)


def take_back(
    number: str,
    *,
    today: date,
    amount: Decimal | None = None,
    left: Decimal | None = None,
    reason: str = "",
    actor_id: UUID | None = None,
) -> BillingInvoice:
    """As `credit_invoice`, and what a card has paid goes back to it at once; what fails is tried again by the job. Not
    within a transaction. Errors: as `credit_invoice`; CardsNotOffered; CardsUnavailable."""
    withdraw(_id_of(number), today=today)
    note = credit_invoice(number, today=today, amount=amount, left=left, reason=reason, actor_id=actor_id)
    refund_all(today, note_id=note.pk)
    note.refresh_from_db()
    return note


def _id_of(number: str) -> UUID:
    """Errors: BillingInvoice.DoesNotExist."""
    found: UUID = BillingInvoice.objects.values_list("pk", flat=True).get(invoice_number=number)
    return found
