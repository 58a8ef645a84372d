from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group, RenderableType

from platform_core.fleet.status import FleetStatus, fleet_status
from platform_core.management.commands.migrate_tenants import report_text
from platform_core.management.numbers import at_once
from platform_core.management.operator import OperatorCommand, table
from platform_core.management.progress import counted
from smartseller.plurals import number_of


class Command(OperatorCommand):
    help = """Show the versions of shops' databases, and every shop that is not as it should be.

Lagging (and whether it is served all the same), quarantined (its database refused a migration), misjudged (it has
another version than the platform believes), unreadable, drift (something in its database is not as in the template of
its server). Looks into every database, two queries each; --no-visit reads the platform's records only. Changes
nothing. Exit code 1 when anything is listed."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--no-visit", action="store_false", dest="visit", help="do not look into the databases")
        parser.add_argument("--parallel", type=at_once, default=4, metavar="N", help="at once (4)")

    def work(self, *, visit: bool, parallel: int, **options: Any) -> None:
        with counted("shops") as tell:
            status = fleet_status(visit=visit, parallel=parallel, tell=tell)
        self.answer(status, _text(status))
        if not status.is_good:
            odd = len({finding.shop for finding in status.findings})
            self.refuse(f"{number_of(odd, 'shop is', 'shops are')} not as {'it' if odd == 1 else 'they'} should be.")


def _text(status: FleetStatus) -> RenderableType:
    served = "" if status.served_from == status.schema else f", shops are served from {status.served_from} on"
    parts: list[RenderableType] = [
        f"This release's schema: {status.schema}{served}.",
        "",
        table(["shops", "at"], [(count, version) for version, count in status.shops.items()]),
        "",
        table(["server", "template"], sorted(status.templates.items())),
    ]
    if status.findings:
        rows = [(finding.shop, finding.kind, finding.detail) for finding in status.findings]
        parts += ["", table(["shop", "is", "detail"], rows)]
    if status.last_run is not None:
        parts += ["", "The last run of migrations:", report_text(status.last_run)]
    return Group(*parts)
