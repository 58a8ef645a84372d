from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandParser

from platform_core.billing.by_hand import note_transfer, take_back
from platform_core.billing.give_back import give_back
from platform_core.billing.letters import OPEN
from platform_core.billing.models import BillingInvoice, InvoiceKind
from platform_core.management.operator import OperatorCommand, add_json, table

COLUMNS = ["invoice", "shop", "status", "total", "issued", "due", "paid", "card"]


class Command(OperatorCommand):
    help = """What merchants were asked to pay, and noting that they did.

  manage.py invoices list --open
  manage.py invoices list --tenant acme
  manage.py invoices paid SS-2026-000042 --reference "SEPA 4711"
  manage.py invoices credit SS-2026-000042 --amount 10.00 --reason "the shop was down for a day"
  manage.py invoices given-back SSC-2026-000007 --reference "SEPA 4712"

A shop that was closed for want of payment opens when nothing is overdue any more."""

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="invoices, newest first")
        listing.add_argument("--tenant", metavar="SLUG", help="of one shop")
        listing.add_argument("--open", action="store_true", help="those that are not paid")
        paying = verbs.add_parser("paid", help="the money of an invoice has come, all of it")
        paying.add_argument("number", help="such as SS-2026-000042")
        paying.add_argument("--on", type=date.fromisoformat, help="the day, UTC (default: today)")
        paying.add_argument("--reference", default="", help="what the bank says of the transfer")
        crediting = verbs.add_parser("credit", help="take an invoice back by a credit note, to the card that paid")
        crediting.add_argument("number", help="such as SS-2026-000042")
        crediting.add_argument("--amount", type=Decimal, help="tax included (default: all that is left)")
        crediting.add_argument("--reason", default="", help="what the merchant reads")
        giving = verbs.add_parser("given-back", help="the money of a credit note was sent")
        giving.add_argument("number", help="such as SSC-2026-000007")
        giving.add_argument("--on", type=date.fromisoformat, help="the day, UTC (default: today)")
        giving.add_argument("--reference", default="", help="what the bank says of the transfer")
        for each in (listing, paying, crediting, giving):
            add_json(each)

    def work(self, *, verb: str, **options: Any) -> None:
        if verb == "list":
            found = BillingInvoice.objects.select_related("tenant").prefetch_related("charges", "refunds")
            if options["tenant"]:
                found = found.filter(tenant__slug=options["tenant"])
            if options["open"]:
                found = found.filter(status__in=OPEN)
            invoices = list(found)
        else:
            today = datetime.now(UTC).date()
            if (options.get("on") or today) > today:
                self.refuse(f"{options['on']} has not come yet.")
            try:
                done = _do(verb, today, options)
            except BillingInvoice.DoesNotExist:
                self.refuse(f"There is no invoice “{options['number']}”.")
            invoices = [BillingInvoice.objects.select_related("tenant").get(pk=done.pk)]
        self.answer(
            [dict(zip(COLUMNS, _row(each), strict=True)) for each in invoices], table(COLUMNS, map(_row, invoices))
        )


def _do(verb: str, today: date, options: dict[str, Any]) -> BillingInvoice:
    number = options["number"]
    if verb == "credit":
        return take_back(number, today=today, amount=options["amount"], reason=options["reason"])
    on, reference = options["on"] or today, options["reference"]
    if verb == "given-back":
        return give_back(number, on=on, reference=reference)
    return note_transfer(number, on=on, today=today, reference=reference)


def _row(invoice: BillingInvoice) -> tuple[str, ...]:
    return (
        invoice.invoice_number,
        invoice.tenant.slug,
        invoice.status,
        f"{invoice.total_amount:f} {invoice.currency}",
        invoice.issued_date.isoformat(),
        invoice.due_date.isoformat(),
        invoice.paid_date.isoformat() if invoice.paid_date else "",
        _card(invoice),
    )


def _card(invoice: BillingInvoice) -> str:
    """What became of the last attempt to charge a card, or to give it back."""
    attempts = invoice.refunds.all() if invoice.kind == InvoiceKind.CREDIT else invoice.charges.all()
    last = max(attempts, key=lambda attempt: attempt.created_at, default=None)
    return "" if last is None else " ".join(filter(None, (last.state, last.reason)))
