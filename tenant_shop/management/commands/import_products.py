import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import InterfaceError, OperationalError
from rich.console import Console
from rich.table import Table

from platform_core.tenancy.commands import OPEN_OR_SUSPENDED, TenantCommand, first_line
from platform_core.tenancy.context import TenantInfo
from tenant_shop.imports.drafts import Outcome
from tenant_shop.imports.import_products import import_products
from tenant_shop.imports.report import ImportReport
from tenant_shop.management.reading import reading

INTERRUPTED = 130


class Command(TenantCommand):
    works_in = OPEN_OR_SUSPENDED
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

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE", help="a CSV file")
        parser.add_argument(
            "--format", choices=["shopify"], default="shopify", help="whose columns the file has (default: shopify)"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument("--json", action="store_true", help="print the report as one JSON document")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="FILE",
            help="where rejected rows are written (default: <name of FILE>.<SLUG>.rejects.csv in the current folder)",
        )

    def handle(self, *args: Any, tenant: str | None, all_tenants: bool, **options: Any) -> None:
        if all_tenants:
            raise CommandError("A file is imported into one shop at a time: name it with --tenant.", returncode=2)
        super().handle(*args, tenant=tenant, all_tenants=False, **options)

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        path: Path = options["file"]
        rejects = options["rejects"] or Path(f"{path.stem}.{tenant.slug}.rejects.csv")
        try:
            with reading(path) as tell:
                report = import_products(path, rejects_path=rejects, dry_run=options["dry_run"], on_progress=tell)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                f"The database of {tenant.slug} was lost on the way ({first_line(error)}). "
                "What was committed stays; run the same command again to go on."
            ) from error
        except KeyboardInterrupt as error:
            raise CommandError("Interrupted. Run the same command again to go on.", returncode=INTERRUPTED) from error
        for note in report.notes:
            self.stderr.write(note)
        if report.rejects_file is not None:
            self.stderr.write(f"Rejected rows: {report.outcomes[Outcome.REJECTED]}, in {report.rejects_file}")
        if report.dry_run:
            self.stderr.write("This was a dry run: nothing was changed.")
        self.stdout.write(json.dumps(report.as_json()) if options["json"] else _table(tenant, report))


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
