from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser
from psycopg.conninfo import conninfo_to_dict

from platform_core.fleet.backups.back_up import back_up_recovered
from platform_core.fleet.backups.models import Backup, BackupState
from platform_core.fleet.backups.store import Tell
from platform_core.fleet.restores.models import KeptDatabase, Restore, RestoreState
from platform_core.fleet.restores.restore import restore_shop, run_restore, undo_restore
from platform_core.fleet.servers import Address
from platform_core.management.backups import backup_named
from platform_core.management.confirm import confirm
from platform_core.management.operator import OperatorCommand, table, tenant_id_of
from platform_core.management.progress import transfer_progress
from platform_core.tenants.models import Tenant


class Command(OperatorCommand):
    help = """Bring a shop back to what a backup holds, or back from that.

  manage.py restore --tenant acme --backup 0199… --yes
  manage.py restore --tenant acme --latest
  manage.py restore --tenant acme --latest --to second
  manage.py restore --tenant acme --from-cluster 'host=/srv/recovered/run user=postgres'
  manage.py restore --tenant acme --undo
  manage.py restore --tenant acme --resume

The backup becomes a database aside and is proven; visitors go on with the one they have. Then the shop changes over,
closed for that moment only, and every process follows at once. What was sold after the backup was taken is in the
database before, which is kept for RESTORE_KEEP_HOURS; --undo changes back to it. Ctrl-C gives a restore up, and the
shop goes on with what it has; one that was killed is finished by --resume, or by workers within minutes. --to puts the
shop on another server of its region; --lost says that its own will not come back. --from-cluster takes the shop out of
a cluster that was recovered to an earlier time (`manage.py recover_cluster`), as a backup. Unless --yes is said, the
shop's address must be typed."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tenant", metavar="SLUG", required=True, help="the shop")
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument("--backup", metavar="ID", help="this backup (`manage.py backups` lists them)")
        choice.add_argument("--latest", action="store_true", help="the newest complete backup")
        choice.add_argument("--from-cluster", metavar="DSN", help="as this recovered cluster has it")
        choice.add_argument("--undo", action="store_true", help="the database from before the last restore")
        choice.add_argument("--resume", action="store_true", help="finish a restore that was interrupted")
        parser.add_argument("--database", metavar="NAME", help="with --from-cluster: its name there (default: as here)")
        parser.add_argument("--to", metavar="SERVER", help="the server that gets the shop (default: the one it is on)")
        parser.add_argument("--lost", action="store_true", help="with --to: the server it is on will not come back")
        parser.add_argument("--yes", action="store_true", help="do not ask; needed where nobody can answer")

    def work(self, *, tenant: str, backup: str | None, undo: bool, resume: bool, yes: bool, **options: Any) -> None:
        self._refuse_what_does_not_go_together(undo=undo, resume=resume, **options)
        tenant_id = tenant_id_of(tenant)
        if resume:
            running = Restore.objects.filter(tenant_id=tenant_id, state=RestoreState.RUNNING).first()
            if running is None:
                self.refuse(f"No restore of {tenant} was interrupted.")
            with self._shown(running.backup) as tell:
                self._answer(run_restore(running.pk, tell=tell))
            return
        if undo:
            confirm(self, tenant, "{} goes back to the database from before its last restore.", yes=yes)
            self._answer(undo_restore(tenant_id))
            return
        if options["from_cluster"]:
            chosen = self._recovered(tenant, options["from_cluster"], options["database"])
        else:
            chosen = backup_named(backup) if backup else self._latest(tenant)
        confirm(self, tenant, f"{{}} becomes what it was on {chosen.started_at:%Y-%m-%d at %H:%M} UTC.", yes=yes)
        with self._shown(chosen) as tell:
            restored = restore_shop(tenant_id, chosen, to=options["to"], old_is_lost=options["lost"], tell=tell)
        self._answer(restored)

    @staticmethod
    @contextmanager
    def _shown(backup: Backup | None) -> Iterator[Tell]:
        """Shows how many of the backup's bytes went by; none go by on the way back to a kept database."""
        with transfer_progress() as progress:
            total = backup.dump_bytes + backup.media_bytes if backup else None
            bar = progress.add_task(f"restoring {backup.slug}" if backup else "going back", total=total)
            yield lambda size: progress.advance(bar, size)

    @staticmethod
    def _refuse_what_does_not_go_together(*, undo: bool, resume: bool, **options: Any) -> None:
        """What would be passed over silently is not what the operator believes to have said."""
        if options["database"] and not options["from_cluster"]:
            raise CommandError("--database goes with --from-cluster.", returncode=2)
        if options["from_cluster"] and not _is_address(options["from_cluster"]):
            raise CommandError("--from-cluster wants an address such as 'host=… user=…', or a URL.", returncode=2)
        if options["lost"] and not options["to"]:
            raise CommandError("--lost goes with --to.", returncode=2)
        if options["to"] and (undo or resume):
            raise CommandError("--to goes with --backup, --latest or --from-cluster.", returncode=2)

    def _recovered(self, slug: str, dsn: str, database: str | None) -> Backup:
        tenant = Tenant.objects.get(slug=slug)
        taken = back_up_recovered(tenant.pk, Address(dsn), database=database or tenant.database_name)
        self.say(f"the shop as the cluster has it is the backup {taken.pk}")
        return taken

    def _latest(self, slug: str) -> Backup:
        found = Backup.objects.filter(tenant__slug=slug, state=BackupState.COMPLETE).order_by("-started_at").first()
        if found is None:
            self.refuse(f"There is no complete backup of {slug}.")
        return found

    def _answer(self, restore: Restore) -> None:
        tenant = Tenant.objects.get(pk=restore.tenant_id)
        kept = KeptDatabase.objects.filter(tenant=tenant, name=restore.old_database).first()
        facts = {
            "tenant": tenant.slug,
            "restore": str(restore.pk),
            "state": restore.state,
            "server": str(tenant.server_id),
            "database_name": tenant.database_name,
            "epoch": tenant.epoch,
            "availability": tenant.availability,
            "kept_database": kept and kept.name,
            "kept_until": kept and kept.kept_until.isoformat(),
        }
        self.answer(facts, table(["", ""], [(name, "" if value is None else value) for name, value in facts.items()]))


def _is_address(text: str) -> bool:
    try:
        conninfo_to_dict(text)
    except psycopg.ProgrammingError:
        return False
    return True
