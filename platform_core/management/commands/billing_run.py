from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import CommandParser

from platform_core.billing.run import Billed, billing_run
from platform_core.management.operator import OperatorCommand, table
from platform_core.tenancy.commands import first_line
from smartseller.plurals import number_of

COLUMNS = ["shop", "invoice", "period", "total", "problem"]


class Command(OperatorCommand):
    help = """Bill every shop whose period is over: renew it, and issue an invoice for the period that begins.

  manage.py billing_run
  manage.py billing_run --date 2026-12-01

A shop is billed in one transaction, and once for each period: running it twice, or again after a kill, bills nobody
twice. Whoever was not billed for a while gets an invoice for each period. Exit code 1 when one of them failed; the next
run tries it again."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--date", type=date.fromisoformat, help="as of this day, UTC (default: today)")

    def work(self, *, date: date | None, **options: Any) -> None:
        today = date or datetime.now(UTC).date()
        if today > datetime.now(UTC).date():
            self.refuse(f"{today} has not come yet.")
        done = []
        for billed in billing_run(today):
            done.append(billed)
            self.say(f"{billed.slug}: {'failed' if billed.error else number_of(len(billed.invoices), 'invoice')}")
        rows = [row for each in done for row in _rows(each)]
        self.answer(
            [_facts(billed) for billed in done], table(COLUMNS, rows) if rows else f"Nothing is due on {today}."
        )
        if failed := [billed.slug for billed in done if billed.error]:
            self.refuse(f"{len(failed)} of {len(done)} could not be billed: {', '.join(failed)}.")


def _facts(billed: Billed) -> dict[str, Any]:
    return {
        "tenant": billed.slug,
        "invoices": [
            {"number": invoice.invoice_number, "total": f"{invoice.total_amount:f}", "currency": invoice.currency}
            for invoice in billed.invoices
        ],
        "error": first_line(billed.error) if billed.error else None,
    }


def _rows(billed: Billed) -> list[tuple[Any, ...]]:
    if billed.error:
        return [(billed.slug, "", "", "", first_line(billed.error))]
    return [
        (
            billed.slug,
            invoice.invoice_number,
            f"{invoice.period_start} to {invoice.period_end}",
            f"{invoice.total_amount:f} {invoice.currency}",
            "",
        )
        for invoice in billed.invoices
    ]
