from typing import Any

from django.core.management.base import CommandParser

from platform_core.fleet.reconcile import reconcile
from platform_core.management.operator import OperatorCommand, table
from smartseller.plurals import number_of


class Command(OperatorCommand):
    help = """Compare what the platform knows with what the database servers hold.

Finds runs that stopped half-way, shops without a database, databases without a shop, spares and templates that
nothing speaks of. Without --fix nothing is changed. With it runs are resumed, and databases are dropped that the
fleet made for itself and that no shop was ever let into; a database that may hold a merchant's data is only
reported. Exit code 1 when something is left that needs a person."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--fix", action="store_true", help="mend what can be mended without a person")

    def work(self, *, fix: bool, **options: Any) -> None:
        result = reconcile(fix=fix, say=self.say)
        document = {
            "clean": result.is_clean,
            "findings": [
                {
                    "kind": finding.kind.value,
                    "server": finding.server,
                    "database": finding.database,
                    "tenant": finding.tenant,
                    "detail": finding.detail,
                    "fixed": finding.fixed,
                }
                for finding in result.findings
            ],
        }
        rows = [
            (
                finding.kind,
                finding.server,
                finding.database,
                finding.tenant,
                finding.detail,
                "yes" if finding.fixed else "",
            )
            for finding in result.findings
        ]
        self.answer(
            document,
            table(["finding", "server", "database", "shop", "what", "mended"], rows) if rows else "Everything agrees.",
        )
        if not result.is_clean:
            left = sum(not finding.fixed for finding in result.findings)
            hint = "" if fix else " --fix mends what needs no person."
            self.refuse(f"{left} of {number_of(len(rows), 'finding')} {'is' if left == 1 else 'are'} left.{hint}")
