"""An invoice or a credit note as a sheet: from its row, which says for ever what it said when it was issued."""

from decimal import Decimal
from typing import Any

from platform_core.billing.models import BillingInvoice, InvoiceKind
from smartseller.formats import amount, day
from smartseller.paper.sheet import Column, Panel, Sheet, Sum, day_of, known, named, rate_of

INK = "#0e6c65"
REVERSE_CHARGE = "Reverse charge: you owe the tax (Council Directive 2006/112/EC, article 196)."


def invoice_sheet(invoice: BillingInvoice) -> Sheet:
    """The sheet, in English, the platform's language with merchants. One statement for a credit note, none else."""
    seller, is_credit = invoice.seller, invoice.kind == InvoiceKind.CREDIT
    number, about = invoice.invoice_number, invoice.corrects
    tax_id = [f"Tax id: {seller['tax_id']}"] if seller.get("tax_id") else []
    return Sheet(
        language="en",
        paper=seller.get("paper", "a4"),
        shop="SmartSeller",
        ink=INK,
        logo="",
        sender=[*seller.get("lines", ["SmartSeller"]), *seller.get("contact", [])],
        to=buyer_lines(invoice.buyer),
        title=f"Credit note {number}" if is_credit else f"Invoice {number}",
        facts=known(
            [
                ("Date" if is_credit else "Invoice date", day(invoice.issued_date)),
                ("Invoice", about.invoice_number if about else ""),
                ("Invoice date", day(about.issued_date) if about else ""),
                ("Due", "" if is_credit else day(invoice.due_date)),
            ]
        ),
        before=[f"We take back from invoice {about.invoice_number} of {day(about.issued_date)}:"] if about else [],
        columns=[Column(title="Item", wide=True), Column(title="Amount", side="end")],
        rows=[
            [
                named(line["description"], f"{day_of(line['first'])} to {day_of(line['last'])}"),
                _money(invoice, Decimal(line["amount"])),
            ]
            for line in invoice.line_items
        ],
        sums=_sums(invoice),
        panels=[] if is_credit else [_payment(invoice)],
        after=[text for text in (invoice.reason, REVERSE_CHARGE if invoice.reverse_charge else "") if text],
        footer=[*tax_id, *seller.get("footer", [])] or [" · ".join(seller.get("lines", ["SmartSeller"]))],
    )


def buyer_lines(buyer: dict[str, Any]) -> list[str]:
    """Whom it is for, a line each."""
    address = buyer.get("address") or {}
    if address.get("lines"):
        return [*address["lines"], *([f"Tax id: {buyer['tax_id']}"] if buyer.get("tax_id") else [])]
    place = " ".join(part for part in (address.get("postal_code"), address.get("city")) if part)
    lines = [
        address.get("company") or buyer.get("name", ""),
        address.get("line1", ""),
        address.get("line2", ""),
        place,
        address.get("state", ""),
        address.get("country") or buyer.get("country", ""),
        f"Tax id: {buyer['tax_id']}" if buyer.get("tax_id") else "",
    ]
    return [line for line in lines if line]


def _sums(invoice: BillingInvoice) -> list[Sum]:
    rate = rate_of(f"{invoice.tax_rate:f}")
    return [
        Sum(title="Subtotal", value=_money(invoice, invoice.subtotal)),
        *(
            Sum(title=each["description"], value=_money(invoice, -Decimal(each["amount"])))
            for each in invoice.discounts
        ),
        *([Sum(title=f"{rate} tax", value=_money(invoice, invoice.tax_amount))] if invoice.tax_rate else []),
        Sum(title="Total", value=_money(invoice, invoice.total_amount), strong=True),
    ]


def _payment(invoice: BillingInvoice) -> Panel:
    account = [(str(name), str(value)) for name, value in invoice.seller.get("account", [])]
    if invoice.due_date == invoice.issued_date:
        return Panel(title="Your card is charged")
    facts = [*account, ("Please name", invoice.invoice_number)]
    return Panel(title=f"Please pay by bank transfer until {day(invoice.due_date)}", facts=facts)


def _money(invoice: BillingInvoice, value: Decimal) -> str:
    return amount(value, invoice.currency)
