from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from platform_core.fleet.backups.many import Outcome, back_up_many
from platform_core.management.numbers import at_once
from platform_core.management.operator import OperatorCommand, table
from platform_core.management.progress import transfer_progress
from platform_core.tenancy.commands import first_line
from platform_core.tenants.models import Tenant, TenantStatus

COLUMNS = ["shop", "backup", "rows", "dump bytes", "files", "seconds", "problem"]
SERVED = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)


class Command(OperatorCommand):
    help = """Back shops up while they go on selling: database and files, into the storage of backups.

  manage.py backup --tenant acme --tenant bean
  manage.py backup --all --parallel 4
  manage.py backup --platform

--all takes every active and suspended shop and then the platform's own database. A backup counts once its manifest is
written; whatever is killed or fails before that is none. Workers do this every night by themselves, and remove what
is outdated then; this command removes nothing. Exit code 1 when one of them failed."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--tenant", metavar="SLUG", action="append", default=[], help="a shop; may be repeated")
        parser.add_argument("--all", action="store_true", help="every shop that is not closed, and the platform")
        parser.add_argument("--platform", action="store_true", help="the platform's own database")
        parser.add_argument("--parallel", type=at_once, metavar="N", help="at a time (default: BACKUP_PARALLEL)")

    def work(self, *, tenant: list[str], platform: bool, parallel: int | None, **options: Any) -> None:
        everything: bool = options["all"]
        if not (tenant or everything or platform):
            raise CommandError("say --tenant, --all or --platform.", returncode=2)
        if everything and tenant:
            raise CommandError("say --tenant or --all, not both.", returncode=2)
        shops = list(Tenant.objects.filter(status__in=SERVED).order_by("slug").values_list("pk", "slug"))
        if not everything:
            self._refuse_unknown(tenant)
            shops = list(Tenant.objects.filter(slug__in=tenant).order_by("slug").values_list("pk", "slug"))
        outcomes = []
        with transfer_progress() as progress:
            bar = progress.add_task("backing up", total=None)
            for outcome in back_up_many(
                shops,
                platform=platform or everything,
                parallel=parallel or settings.BACKUP_PARALLEL,
                tell=lambda size: progress.advance(bar, size),
            ):
                outcomes.append(outcome)
                so_far = f"{len(outcomes)} of {len(shops) + (platform or everything)}"
                progress.update(bar, description=so_far)
                if progress.disable or outcome.error is not None:
                    why = f" failed: {first_line(outcome.error)}" if outcome.error is not None else ""
                    self.say(f"{so_far}: {outcome.slug or 'the platform'}{why}")
        self.answer([_facts(outcome) for outcome in outcomes], table(COLUMNS, map(_row, outcomes)))
        failed = [outcome.slug or "the platform" for outcome in outcomes if outcome.error is not None]
        if failed:
            self.refuse(f"{len(failed)} of {len(outcomes)} could not be backed up: {', '.join(failed)}.")

    def _refuse_unknown(self, slugs: list[str]) -> None:
        known = set(Tenant.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        unknown = sorted(set(slugs) - known)
        if unknown:
            self.refuse(f"There is no shop “{unknown[0]}”.")
        unmade = Tenant.objects.filter(slug__in=slugs, status=TenantStatus.PENDING_SETUP).first()
        if unmade is not None:
            self.refuse(f"{unmade.slug} is still being made; there is nothing to back up.")


def _facts(outcome: Outcome) -> dict[str, Any]:
    backup = outcome.backup
    facts: dict[str, Any] = {"tenant": outcome.slug or None, "error": outcome.error and first_line(outcome.error)}
    if backup is not None and backup.finished_at is not None:
        facts |= {
            "backup": str(backup.pk),
            "location": backup.location,
            "rows": backup.row_count,
            "dump_bytes": backup.dump_bytes,
            "sha256": backup.dump_sha256,
            "media_files": backup.media_files,
            "media_bytes": backup.media_bytes,
            "schema_version": backup.schema_version,
            "epoch": backup.epoch,
            "seconds": round((backup.finished_at - backup.started_at).total_seconds(), 3),
        }
    return facts


def _row(outcome: Outcome) -> list[object]:
    facts = _facts(outcome)
    names = ("backup", "rows", "dump_bytes", "media_files", "seconds")
    return [outcome.slug or "(platform)", *(facts.get(name, "") for name in names), facts["error"] or ""]
