"""Credit notes: taking an invoice back, all of it or a part."""

from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from platform_core.audit.record import record
from platform_core.billing.cards.known import refuse_during_charge
from platform_core.billing.errors import CreditedMeanwhile, InvoiceNotCreditable, NoSubscription
from platform_core.billing.letters import OPEN, Topic, tell
from platform_core.billing.lines import LineKind
from platform_core.billing.mark_paid import forgive
from platform_core.billing.models import BillingInvoice, InvoiceKind, InvoiceStatus
from platform_core.billing.numbers import next_number
from platform_core.billing.running import locked_subscription
from smartseller.money import quantize

SERIES = "SSC"


def credit_invoice(
    number: str,
    *,
    today: date,
    amount: Decimal | None = None,
    left: Decimal | None = None,
    reason: str = "",
    actor_id: UUID | None = None,
) -> BillingInvoice:
    """Take back `amount` (tax included, in the invoice's currency) of an invoice, or all that is left of it; the credit
    note, which has a number of a series of its own, says what it is about, and is told by mail.

    The tax is that of the invoice's stored amounts: of all that was taken back up to here, less what was before, so
    that what is taken back in portions is taken back with exactly its tax. Of an open invoice less is owed then, and
    nothing when all is taken back; of a paid one the money is to be given back (`give_back`).
    `left` is what was left of it as whoever decides has seen it: then one wish, sent twice, is done once.
    Errors: BillingInvoice.DoesNotExist; InvoiceNotCreditable; CreditedMeanwhile; ChargeUnderWay. Nothing changes then.
    """
    tenant_id = BillingInvoice.objects.values_list("tenant", flat=True).get(invoice_number=number)
    with transaction.atomic(), ExitStack() as stack:
        try:
            running = stack.enter_context(locked_subscription(tenant_id))
        except NoSubscription:
            running = None
        invoice = BillingInvoice.objects.select_for_update(no_key=True).get(invoice_number=number)
        is_left = Decimal(0) if invoice.kind == InvoiceKind.CREDIT else invoice.owed_amount
        if left is not None and left != is_left:
            raise CreditedMeanwhile(number, is_left, invoice.currency)
        wanted = is_left if amount is None else quantize(amount, invoice.currency)
        if not 0 < wanted <= is_left or (amount is not None and wanted != amount):
            raise InvoiceNotCreditable(number, is_left, invoice.currency)
        refuse_during_charge(invoice)
        note = _issue(invoice, wanted, today=today, reason=reason)
        record(
            "credit_invoice",
            resource_type="invoice",
            resource_id=invoice.pk,
            tenant_id=tenant_id,
            user_id=actor_id,
            new_values={"credit_note": note.invoice_number, "amount": f"{wanted:f}", "reason": reason},
        )
        if running is not None and invoice.status == InvoiceStatus.CANCELLED:
            forgive(*running, today=today)
    return note


def _issue(invoice: BillingInvoice, wanted: Decimal, *, today: date, reason: str) -> BillingInvoice:
    before = invoice.credited_amount
    whole = before == 0 and wanted == invoice.total_amount
    tax = _tax_until(invoice, before + wanted) - _tax_until(invoice, before)
    invoice.credited_amount += wanted
    is_open = invoice.status in OPEN
    if is_open and not invoice.owed_amount:
        invoice.status = InvoiceStatus.CANCELLED
        invoice.credit_notes.update(status=InvoiceStatus.CANCELLED)
    invoice.save(update_fields=["credited_amount", "status"])
    note = BillingInvoice.objects.create(
        tenant_id=invoice.tenant_id,
        subscription_id=invoice.subscription_id,
        kind=InvoiceKind.CREDIT,
        corrects=invoice,
        status=InvoiceStatus.CANCELLED if invoice.status == InvoiceStatus.CANCELLED else InvoiceStatus.PENDING,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        subtotal=-invoice.subtotal if whole else tax - wanted,
        discount_amount=-invoice.discount_amount if whole else 0,
        tax_amount=-tax,
        total_amount=-wanted,
        tax_rate=invoice.tax_rate,
        reverse_charge=invoice.reverse_charge,
        currency=invoice.currency,
        issued_date=today,
        due_date=today,
        buyer=invoice.buyer,
        seller=invoice.seller,
        line_items=[_taken_back(line) for line in invoice.line_items] if whole else [_part(invoice, wanted - tax)],
        discounts=[_taken_back(each) for each in invoice.discounts] if whole else [],
        reason=reason,
        invoice_number=next_number(SERIES, today),
    )
    tell(Topic.CREDITED, note)
    return note


def _tax_until(invoice: BillingInvoice, credited: Decimal) -> Decimal:
    """The tax in the first `credited` of an invoice. Rounding: half up; all of it has all of the tax."""
    if credited == invoice.total_amount:
        return invoice.tax_amount
    return quantize(invoice.tax_amount * credited / invoice.total_amount, invoice.currency)


def _taken_back(line: dict[str, str]) -> dict[str, str]:
    return {**line, "amount": f"{-Decimal(line['amount']):f}"}


def _part(invoice: BillingInvoice, net: Decimal) -> dict[str, str]:
    first, last = invoice.period_start or invoice.issued_date, invoice.period_end or invoice.issued_date
    return {
        "kind": LineKind.PART,
        "plan": "",
        "description": "A part of the invoice's amount",
        "first": first.isoformat(),
        "last": last.isoformat(),
        "amount": f"{-net:f}",
    }
