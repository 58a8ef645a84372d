from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from platform_core.management.operator import OperatorCommand
from smartseller.embedded import SUPERUSER, EmbeddedServerError
from smartseller.embedded.recover import recover, stop_recovered


class Command(OperatorCommand):
    help = """Make a second cluster as a checkout's own was at a moment, from its base backup and its archive of WAL.

  manage.py recover_cluster --until 2026-11-26T14:03:00+00:00 --folder /srv/recovered
  manage.py restore --tenant acme --from-cluster 'host=/srv/recovered/run user=postgres'
  manage.py recover_cluster --stop --folder /srv/recovered

Nothing that lives is touched. The moment must be after a base backup, and at most as late as the archive reaches."""

    requires_system_checks: list[str] = []  # the platform itself may be what is lost

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--folder", required=True, type=Path, help="where it is made: empty, or not there yet")
        parser.add_argument("--until", metavar="TIME", help="ISO 8601, with its offset from UTC")
        parser.add_argument("--archive", type=Path, help="the archive (default: SMARTSELLER_WAL_ARCHIVE)")
        parser.add_argument("--stop", action="store_true", help="stop the cluster in --folder; its files stay")

    def work(self, *, folder: Path, until: str | None, archive: Path | None, stop: bool, **options: Any) -> None:
        folder = folder.resolve()
        try:
            if stop:
                stop_recovered(folder)
                self.answer({"folder": str(folder), "stopped": True}, f"The cluster in {folder} is stopped.")
                return
            recovered = recover(self._archive(archive), folder, until=self._moment(until), say=self.say)
        except EmbeddedServerError as error:
            self.refuse(str(error))
        dsn = f"host={recovered.run_dir} user={SUPERUSER}"
        self.answer(
            {"folder": str(folder), "dsn": dsn},
            f"Recovered. One shop comes out of it by\n  manage.py restore --tenant SLUG --from-cluster '{dsn}'",
        )

    def _archive(self, archive: Path | None) -> Path:
        found = archive or (settings.EMBEDDED.archive if settings.EMBEDDED else None)
        if found is None:
            self.refuse("No archive is known: say --archive.")
        return found.resolve()

    @staticmethod
    def _moment(text: str | None) -> datetime:
        try:
            moment = datetime.fromisoformat(text or "")
        except ValueError:
            raise CommandError("say --until with a moment such as 2026-11-26T14:03:00+00:00.", returncode=2) from None
        if moment.tzinfo is None:
            raise CommandError("--until needs its offset from UTC.", returncode=2)
        return moment
