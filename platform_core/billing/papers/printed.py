"""Invoices and credit notes on paper, each printed once."""

import hashlib
from uuid import UUID

from platform_core.billing.models import BillingInvoice, InvoicePaper
from platform_core.billing.papers.sheet import invoice_sheet
from smartseller.letter import Attachment
from smartseller.paper.pdf import pdf_of


def printed(invoice: BillingInvoice) -> bytes:
    """The PDF. It is printed when it is first asked for, from a row that nobody can change, and kept: what was sent is
    what is downloaded years later. Of two who print it at once the first one's is kept. One to three statements.
    """
    found = _kept(invoice.pk)
    if found is None:
        pdf = pdf_of([invoice_sheet(invoice)])
        paper = InvoicePaper(invoice=invoice, pdf=pdf, sha256=hashlib.sha256(pdf).hexdigest())
        InvoicePaper.objects.bulk_create([paper], ignore_conflicts=True)
        found = _kept(invoice.pk) or pdf
    return found


def attachment_of(invoice: BillingInvoice) -> Attachment:
    return Attachment(name=f"{invoice.invoice_number}.pdf", content=printed(invoice), kind="application/pdf")


def _kept(invoice_id: UUID) -> bytes | None:
    pdf = InvoicePaper.objects.filter(pk=invoice_id).values_list("pdf", flat=True).first()
    return None if pdf is None else bytes(pdf)
