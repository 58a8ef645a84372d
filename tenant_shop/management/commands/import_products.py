from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from rich.console import Console
from rich.table import Table

from platform_core.tenancy.context import TenantInfo
from tenant_shop.imports.drafts import Outcome
from tenant_shop.imports.import_products import import_products
from tenant_shop.imports.report import ImportReport
from tenant_shop.management.importing import ImportCommand, Tell


class Command(ImportCommand[ImportReport]):
    help = """Bring a shop's catalogue to what a product file says.

Every row ends as imported (a product, variant or picture is new), updated, skipped (all was so already) or rejected;
rejected rows are written to a file with line number and reason. Nothing is ever removed from the shop. The same file
can be imported again at any time, also after an interruption: what is as the file says is left alone. One import into
a shop runs at a time. Works for a suspended shop too; not for one that is closed for good, being prepared or
unavailable.

  manage.py import_products --tenant acme --format shopify products.csv
  manage.py import_products --tenant acme --format shopify --dry-run --json products.csv

Exit code: 0 when the file was read to its end, also with rejected rows; 1 when it could not be read or the shop could
not be reached; 2 for wrong options."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--format", choices=["shopify"], default="shopify", help="whose columns the file has (default: shopify)"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")

    def bring_in(self, path: Path, *, rejects: Path, tell: Tell, **options: Any) -> ImportReport:
        return import_products(path, rejects_path=rejects, dry_run=options["dry_run"], on_progress=tell)

    def last_word(self, report: ImportReport) -> str:
        return "This was a dry run: nothing was changed." if report.dry_run else ""

    def table(self, tenant: TenantInfo, report: ImportReport) -> str:
        return _table(tenant, report)


def _table(tenant: TenantInfo, report: ImportReport) -> str:
    title = f"{'Dry run' if report.dry_run else 'Import'} into {tenant.name}"
    table = Table("", "rows", title=title, title_justify="left")
    for outcome in Outcome:
        table.add_row(outcome.value, f"{report.outcomes[outcome]:,}")
    table.add_section()
    table.add_row("read", f"{report.rows_read:,}")
    console = Console(width=80, force_terminal=False, color_system=None)
    with console.capture() as capture:
        console.print(table)
        console.print(f"Products: {report.products:,}, variants: {report.variants:,}")
    return capture.get()
