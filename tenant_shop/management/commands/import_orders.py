from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from platform_core.tenancy.context import TenantInfo
from smartseller.plurals import number_of
from tenant_shop.imports.order_history.import_orders import import_orders
from tenant_shop.imports.order_history.report import OUTCOMES, HistoryReport
from tenant_shop.management.importing import ImportCommand, Tell


class Command(ImportCommand[HistoryReport]):
    file_help = "a CSV file, also compressed by xz"
    help = """Bring the orders of another system into a shop's history.

The file is a CSV with one row for each line of an order, also compressed by xz. Every row ends as imported, skipped (it
was imported before, or sells nothing) or rejected; rejected rows are written to a file with line number and reason. An
order is imported whole or not at all, and once: the same file can be imported again at any time, also after an
interruption. No stock moves, no mail is sent. docs/importing-orders.md has the rule for every kind of row.

  manage.py import_orders --tenant acme history.csv.xz
  manage.py import_orders --tenant acme --json history.csv

Exit code: 0 when the file was read to its end, also with rejected rows; 1 when it could not be read or the shop could
not be reached; 2 for wrong options."""

    def bring_in(self, path: Path, *, rejects: Path, tell: Tell, **options: Any) -> HistoryReport:
        return import_orders(path, rejects_path=rejects, on_progress=tell)

    def table(self, tenant: TenantInfo, report: HistoryReport) -> str:
        return _table(tenant, report)


def _table(tenant: TenantInfo, report: HistoryReport) -> str:
    table = Table("", "rows", title=f"Import into {tenant.name}", title_justify="left")
    for outcome in OUTCOMES:
        table.add_row(outcome.value, f"{report.outcomes[outcome]:,}")
    table.add_section()
    table.add_row("read", f"{report.rows_read:,}")
    console = Console(width=80, force_terminal=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
        for reason, rows in report.skipped.most_common():
            console.print(f"Skipped because {reason}: {rows:,}")
        console.print(
            f"Orders: {report.orders:,}, credit notes: {report.credit_notes:,}; "
            f"of {number_of(report.products, 'product')} and {number_of(report.customers, 'customer')}"
        )
    return capture.get()
