from typing import Any

from django.core.management.base import CommandParser

from platform_core.fleet.doctor.examine import examine, worst
from platform_core.fleet.doctor.finding import Level
from platform_core.management.operator import OperatorCommand, table


class Command(OperatorCommand):
    help = """Examine this installation from end to end, and say how to mend what is wrong.

Versions, migrations, shops, backups, figures; each database server with its roles, rights, clock, template and spares;
cache, queue, workers, scheduler, files and mail. Nothing is changed. Exit code 1 when something hurts now."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="show what is fine, too")

    def work(self, **options: Any) -> None:
        findings = list(examine())
        shown = [finding for finding in findings if options["all"] or finding.level > Level.FINE]
        rows = [(finding.level.name.lower(), finding.part, finding.said, finding.mend) for finding in shown]
        document = [
            {"part": each.part, "level": each.level.name.lower(), "said": each.said, "mend": each.mend}
            for each in findings
        ]
        looked = f"All {len(findings)} things that were looked at are fine."
        self.answer(document, table(["", "part", "what was seen", "how to mend it"], rows) if rows else looked)
        grave = sum(finding.level is Level.ERROR for finding in findings)
        if worst(findings) is Level.ERROR:
            self.refuse(
                f"{grave} of {len(findings)} things that were looked at {'hurts' if grave == 1 else 'hurt'} now."
            )
