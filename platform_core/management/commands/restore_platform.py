from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from rich.console import Group

from platform_core.fleet.restores.rebuild import rebuild_platform
from platform_core.management.numbers import at_once
from platform_core.management.operator import OperatorCommand, table
from platform_core.management.progress import transfer_progress
from smartseller.plurals import number_of


class Command(OperatorCommand):
    help = """Rebuild everything from backups on servers that hold nothing of it.

The two roles and the platform's empty database must exist (docker/postgres/roles.sql makes them; a checkout's own
server has them), and the storage of backups must be reachable. The newest backup of the platform is restored, then
the newest of each shop with its files, then the template and the spares are made. A platform's database that is not
empty is never touched. May be repeated after an interruption: what is there is left alone, the rest is made.
Exit code 1 when a shop could not be brought back; each that was says as of when."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--backup", metavar="ID", help="of the platform (default: the newest)")
        parser.add_argument("--onto", metavar="SERVER", help="put all shops on this server, whatever they were on")
        parser.add_argument("--region", help="where the server of --onto is, for shops that are bound to a region")
        parser.add_argument("--parallel", type=at_once, metavar="N", help="shops at a time (default: BACKUP_PARALLEL)")

    def work(
        self, *, backup: str | None, onto: str | None, region: str | None, parallel: int | None, **options: Any
    ) -> None:
        try:
            backup_id = UUID(backup) if backup else None
        except ValueError:
            raise CommandError(f"{backup} is no identifier of a backup.", returncode=2) from None
        with transfer_progress() as progress:
            bar = progress.add_task("restoring", total=None)
            result = rebuild_platform(
                backup_id=backup_id,
                onto=onto,
                region=region,
                parallel=parallel or settings.BACKUP_PARALLEL,
                say=self.say,
                tell=lambda size: progress.advance(bar, size),
            )
        rows = [
            (shop.slug, f"{shop.as_of:%Y-%m-%d %H:%M} UTC" if shop.as_of else "", shop.problem) for shop in result.shops
        ]
        self.answer(
            result,
            Group(
                f"The platform is back as of {result.platform_as_of:%Y-%m-%d %H:%M} UTC.",
                table(["shop", "as of", "problem"], rows),
            ),
        )
        lost = [shop.slug for shop in result.shops if shop.problem]
        if lost:
            self.refuse(
                f"{len(lost)} of {number_of(len(result.shops), 'shop')} could not be brought back: {', '.join(lost)}."
            )
