import json
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from platform_core.tenancy.commands import OPEN_OR_SUSPENDED, HelpAsWritten, TenantCommand
from platform_core.tenancy.context import TenantInfo
from tenant_shop.verification.verify_shop import MOST_NAMED, Verdict, verdicts


class Command(TenantCommand):
    works_in = OPEN_OR_SUSPENDED
    help = """Prove that a shop's books are right: stock, orders, payments, discount codes, customers.

Every rule is checked over every row, all of them as the shop was at one moment; nothing is locked or changed, and the
shop stays open. Works for a suspended shop too.

  manage.py verify_shop --tenant acme
  manage.py verify_shop --tenant acme --json      (one JSON document on stdout)
  manage.py verify_shop --all --json              (a list of them, without those that cannot be reached)

Exit code: 0 when every rule holds; 1 when one is broken or a shop cannot be reached; 2 for wrong options."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser: CommandParser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = HelpAsWritten
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print what was found as one JSON document")

    def handle(self, *args: Any, tenant: str | None, all_tenants: bool, **options: Any) -> None:
        self.documents: list[dict[str, Any]] = []
        said = []
        try:
            super().handle(*args, tenant=tenant, all_tenants=all_tenants, **options)
        except CommandError as error:
            if not all_tenants or error.returncode != 1:
                raise
            said.append(str(error))  # what was found in the others is told all the same
        if options["json"]:
            self.stdout.write(json.dumps(self.documents if all_tenants else self.documents[0]))
        wrong = [document["tenant"] for document in self.documents if not document["ok"]]
        if wrong:
            said.append(f"The books are wrong: {', '.join(wrong)}.")
        if said:
            raise CommandError(" ".join(said))

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        with Console(stderr=True).status(f"{tenant.slug}: …") as status:
            found = verdicts(lambda rule: status.update(f"{tenant.slug}: {rule}"))
        self.documents.append(
            {
                "tenant": tenant.slug,
                "ok": not any(verdict.findings for verdict in found),
                "rules": [verdict.as_json() for verdict in found],
            }
        )
        if not options["json"]:
            self.stdout.write(_tables(tenant, found))


def _tables(tenant: TenantInfo, found: list[Verdict]) -> str:
    rules = Table("rule", "broken by", title=f"Books of {tenant.name}", title_justify="left")
    rows = Table("rule", "row", "says", "should say")
    for verdict in found:
        rules.add_row(verdict.promise, _count(verdict))
        for finding in verdict.findings:
            rows.add_row(finding.rule, f"{finding.kind} {finding.name}", finding.recorded, finding.computed)
    console = Console(width=120, force_terminal=False, color_system=None)
    with console.capture() as capture:
        console.print(rules)
        if rows.rows:
            console.print(rows)
    return capture.get()


def _count(verdict: Verdict) -> str:
    if not verdict.findings:
        return "none"
    return f"more than {MOST_NAMED}" if verdict.has_more else str(len(verdict.findings))
