"""Invoices on paper, and taking them back: whole and in parts, with exactly their tax, in numbers without a gap."""

from __future__ import annotations

import json
import signal
from datetime import date
from decimal import Decimal
from functools import partial
from unittest import mock

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from platform_core.billing import credit
from platform_core.billing.credit import credit_invoice
from platform_core.billing.dunning import dunning_run
from platform_core.billing.errors import InvoiceNotCreditable, InvoiceNotPayable
from platform_core.billing.mark_paid import mark_paid
from platform_core.billing.models import BillingInvoice, InvoicePaper
from platform_core.billing.papers.printed import printed
from platform_core.billing.papers.sheet import REVERSE_CHARGE
from platform_core.billing.run import billing_run
from platform_core.configuration.models import PlatformSetting
from platform_core.mails.send import send_waiting
from platform_core.tenants.models import Tenant
from tests.documents import text_of
from tests.platform_core.billing.bills import everything
from tests.platform_core.billing.conftest import Merchant
from tests.platform_core.fleet.children import die_instead, in_child
from tests.together import together

PAID = date(2026, 1, 15)
FIRST = "SS-2026-000001"


@pytest.fixture
def invoice(merchant: Merchant) -> BillingInvoice:
    """30.00 and 5.70 tax."""
    PlatformSetting.objects.create(key="billing.taxes", value={"country": "DE", "rates": {"DE": "0.19"}})
    PlatformSetting.objects.create(
        key="billing.seller",
        value={"lines": ["Fernmoor Shops GmbH", "Am Hafen 1"], "tax_id": "DE136695976", "account": [["IBAN", "DE02"]]},
    )
    merchant(country="DE", tax_id="", billing_address={"line1": "Deich 4", "city": "Husum", "postal_code": "25813"})
    list(billing_run(PAID))
    return BillingInvoice.objects.get()


def amounts(note: BillingInvoice) -> tuple[str, str, str]:
    return f"{note.subtotal:.2f}", f"{note.tax_amount:.2f}", f"{note.total_amount:.2f}"


def test_a_whole_credit_note_takes_each_line_back_and_the_shop_owes_nothing(invoice: BillingInvoice) -> None:
    note = credit_invoice(FIRST, today=PAID, reason="closed by mistake")
    assert (note.invoice_number, note.corrects_id, amounts(note)) == (
        "SSC-2026-000001", invoice.pk, ("-30.00", "-5.70", "-35.70"),
    )  # fmt: skip
    assert [(line["kind"], line["amount"]) for line in note.line_items] == [("plan", "-30.00")]
    invoice.refresh_from_db()
    assert (invoice.status, note.status, invoice.owed_amount) == ("cancelled", "cancelled", 0)
    assert list(dunning_run(date(2026, 6, 1))) == []
    for refused in (partial(credit_invoice, FIRST), partial(credit_invoice, note.invoice_number)):
        with pytest.raises(InvoiceNotCreditable):
            refused(today=PAID)
    with pytest.raises(InvoiceNotPayable):
        mark_paid(FIRST, on=PAID, today=PAID)


def test_portions_take_back_exactly_the_tax_of_the_whole(invoice: BillingInvoice) -> None:
    """A third each of 35.70: the tax of 11.90 is 1.90 each time; of 10.01, 10.01 and 15.68 it is what is left."""
    notes = [credit_invoice(FIRST, today=PAID, amount=Decimal(part)) for part in ("10.01", "10.01", "15.68")]
    # 5.70 x 10.01 / 35.70 = 1.598…, x 20.02 = 3.196…
    assert [amounts(note) for note in notes] == [
        ("-8.41", "-1.60", "-10.01"), ("-8.41", "-1.60", "-10.01"), ("-13.18", "-2.50", "-15.68"),
    ]  # fmt: skip
    assert [note.invoice_number for note in notes] == [f"SSC-2026-{number:06d}" for number in (1, 2, 3)]
    assert set(BillingInvoice.objects.values_list("status", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("amount", ["0", "-1", "35.71", "1.005"])
def test_what_cannot_be_taken_back_changes_nothing(invoice: BillingInvoice, amount: str) -> None:
    before = everything()
    with pytest.raises(InvoiceNotCreditable):
        credit_invoice(FIRST, today=PAID, amount=Decimal(amount))
    assert everything() == before


def test_of_two_credit_notes_at_once_only_what_is_left_is_taken_back(invoice: BillingInvoice) -> None:
    results = together(*[partial(credit_invoice, FIRST, today=PAID, amount=Decimal(20))] * 2)
    assert sorted(type(result).__name__ for result in results) == ["BillingInvoice", "InvoiceNotCreditable"]
    assert BillingInvoice.objects.get(kind="credit").total_amount == Decimal(-20)


def test_a_credit_note_that_is_killed_while_it_is_issued_leaves_no_gap(invoice: BillingInvoice) -> None:
    def work() -> None:
        with mock.patch.object(credit, "tell", die_instead):
            credit_invoice(FIRST, today=PAID)

    assert in_child(work) == signal.SIGKILL
    assert BillingInvoice.objects.count() == 1
    assert credit_invoice(FIRST, today=PAID).invoice_number == "SSC-2026-000001"


def test_money_of_a_paid_invoice_is_given_back_once(
    invoice: BillingInvoice, capsys: pytest.CaptureFixture[str]
) -> None:
    credit_invoice(FIRST, today=PAID, amount=Decimal("5.70"))
    mark_paid(FIRST, on=PAID, today=PAID)
    assert BillingInvoice.objects.get(kind="credit").status == "paid"  # 30.00 were owed, and came
    call_command("invoices", "credit", FIRST, "--amount", "10.00", "--reason", "down for a day")
    call_command("invoices", "list", "--open", "--json")
    assert json.loads(capsys.readouterr().out.splitlines()[-1])[0]["total"] == "-10.000 USD"
    note = BillingInvoice.objects.get(kind="credit", status="pending")
    call_command("invoices", "given-back", note.invoice_number, "--on", "2026-02-01", "--reference", "SEPA 9")
    note.refresh_from_db()
    assert (note.status, note.paid_date, note.external_payment_id) == ("paid", date(2026, 2, 1), "SEPA 9")
    for wrong in (["given-back", note.invoice_number], ["credit", FIRST, "--amount", "21"], ["paid", "SSC-1"]):
        with pytest.raises(CommandError):
            call_command("invoices", *wrong)


def test_the_paper_says_what_was_billed_is_printed_once_and_goes_with_the_mail(invoice: BillingInvoice) -> None:
    mail.outbox.clear()
    send_waiting(timezone.now())
    [[name, pdf, kind]] = mail.outbox[0].attachments  # type: ignore[misc]
    assert (name, kind) == (f"{FIRST}.pdf", "application/pdf")
    for text in (
        "Invoice SS-2026-000001", "Fernmoor Shops GmbH", "Deich 4", "25813 Husum",
        "15 January 2026 to 14 February 2026",
        "$30.00", "19% tax $5.70", "Total $35.70", "Tax id: DE136695976", "IBAN DE02", "Please name SS-2026-000001",
    ):  # fmt: skip
        assert text in text_of(pdf), text
    PlatformSetting.objects.all().delete()
    Tenant.objects.update(name="Another", country="FR")
    assert printed(BillingInvoice.objects.get()) == bytes(InvoicePaper.objects.get().pdf) == pdf
    credit_invoice(FIRST, today=date(2026, 1, 20), amount=Decimal(10), reason="Down for a day.")
    mail.outbox.clear()
    send_waiting(timezone.now())
    [letter] = mail.outbox
    assert letter.subject == "Credit note SSC-2026-000001 for Another"
    told = text_of(letter.attachments[0][1])  # type: ignore[arg-type]
    for text in ("Credit note SSC-2026-000001", "from invoice SS-2026-000001", "-$10.00", "Down for a day."):
        assert text in told, text
    assert REVERSE_CHARGE not in told


def test_what_was_printed_stays(invoice: BillingInvoice) -> None:
    printed(invoice)
    for forbidden in (partial(InvoicePaper.objects.update, pdf=b""), InvoicePaper.objects.all().delete):
        with pytest.raises(IntegrityError, match="printed once"), transaction.atomic():
            forbidden()
    for forbidden in (
        partial(BillingInvoice.objects.update, seller={}),
        partial(BillingInvoice.objects.update, credited_amount=99),
        partial(BillingInvoice.objects.update, discounts=[{}]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            forbidden()
