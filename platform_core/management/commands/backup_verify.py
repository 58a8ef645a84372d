from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from platform_core.fleet.backups.models import Backup, BackupState
from platform_core.fleet.errors import UnknownServer
from platform_core.fleet.restores.verify import verify_backup
from platform_core.management.backups import backup_named
from platform_core.management.operator import OperatorCommand, table
from platform_core.management.progress import transfer_progress
from platform_core.tenancy.commands import first_line
from platform_core.tenants.models import Tenant


class Command(OperatorCommand):
    help = """Prove backups: restore each into a scratch database, compare every table and file, drop the scratch.

  manage.py backup_verify --tenant acme
  manage.py backup_verify --all
  manage.py backup_verify --backup 0199…

The newest complete backup of each is taken. A damaged one counts as failed from then on, and a new one is due at once.
Exit code 1 when one could not be proven."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tenant", metavar="SLUG", action="append", default=[], help="a shop; may be repeated")
        parser.add_argument("--all", action="store_true", help="every shop that has a backup, and the platform")
        parser.add_argument("--platform", action="store_true", help="the platform's own")
        parser.add_argument("--backup", metavar="ID", help="this one (`manage.py backups` lists them)")
        parser.add_argument("--server", metavar="KEY", help="where the scratch database is made (default: its own)")

    def work(
        self, *, tenant: list[str], platform: bool, backup: str | None, server: str | None, **options: Any
    ) -> None:
        everything: bool = options["all"]
        if not (tenant or everything or platform or backup):
            raise CommandError("say --tenant, --all, --platform or --backup.", returncode=2)
        if (everything and tenant) or (backup and (everything or tenant or platform)):
            raise CommandError("say one of --tenant, --all and --backup.", returncode=2)
        if server is not None and server not in settings.DATABASE_SERVERS:
            raise UnknownServer(server)
        chosen = [backup_named(backup)] if backup else self._newest(tenant, everything=everything, platform=platform)
        answers = []
        with transfer_progress() as progress:
            bar = progress.add_task("verifying", total=sum(one.dump_bytes + one.media_bytes for one in chosen))
            for number, one in enumerate(chosen, start=1):
                so_far = f"{number} of {len(chosen)}: {one.slug or 'the platform'}"
                progress.update(bar, description=so_far)
                if progress.disable:
                    self.say(so_far)
                problem = ""
                try:
                    verify_backup(one, server=server, tell=lambda size: progress.advance(bar, size))
                except Exception as error:
                    problem = first_line(error)
                answers.append(
                    {"tenant": one.slug or None, "backup": str(one.pk), "rows": one.row_count, "error": problem or None}
                )
        rows = [
            [answer["tenant"] or "(platform)", answer["backup"], answer["rows"], answer["error"] or "as backed up"]
            for answer in answers
        ]
        self.answer(answers, table(["shop", "backup", "rows", "found"], rows))
        failed = sum(answer["error"] is not None for answer in answers)
        if failed:
            self.refuse(f"{failed} of {len(answers)} could not be proven.")

    def _newest(self, slugs: list[str], *, everything: bool, platform: bool) -> list[Backup]:
        complete = Backup.objects.filter(state=BackupState.COMPLETE).order_by("-started_at", "-pk")
        found = []
        if everything:
            slugs = list(Tenant.objects.order_by("slug").values_list("slug", flat=True))
        for slug in slugs:
            newest = complete.filter(tenant__slug=slug).first()
            if newest is not None:
                found.append(newest)
            elif not everything:
                self.refuse(f"There is no complete backup of a shop “{slug}”.")
        if everything or platform:
            newest = complete.filter(kind="platform").first()
            if newest is not None:
                found.append(newest)
        if not found:
            self.refuse("There is no complete backup.")
        return found
