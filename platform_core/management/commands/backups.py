from typing import Any

from django.core.management.base import CommandParser

from platform_core.fleet.backups.models import Backup
from platform_core.fleet.backups.turns import overdue
from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand, table, tenant_id_of
from smartseller.plurals import number_of

COLUMNS = ["taken (UTC)", "shop", "backup", "state", "why", "rows", "dump bytes", "files", "verified", "problem"]


class Command(OperatorCommand):
    help = """List what was backed up, newest first: the identifiers that `restore` wants.

Exit code 1 with --overdue when the last night's backup of some shop is missing."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--tenant", metavar="SLUG", help="of this shop only")
        choice.add_argument("--platform", action="store_true", help="of the platform only")
        choice.add_argument("--overdue", action="store_true", help="which shops' backups are late instead, and why")
        parser.add_argument("--limit", type=whole(), default=50, metavar="N", help="at most so many (default: 50)")

    def work(self, *, tenant: str | None, platform: bool, limit: int, **options: Any) -> None:
        if options["overdue"]:
            self._overdue()
            return
        found = Backup.objects.all()
        if tenant is not None:
            found = found.filter(slug=tenant)
            if not found.exists():
                tenant_id_of(tenant)  # a name that is mistyped is no shop without a backup
        elif platform:
            found = found.filter(kind="platform")
        found = found[:limit]
        self.answer(
            [_facts(backup) for backup in found],
            table(COLUMNS, [_row(backup) for backup in found]) if found else "There is none.",
        )

    def _overdue(self) -> None:
        late = [
            {
                "tenant": turn.tenant.slug if turn.tenant else None,
                "due_at": turn.due_at.isoformat(),
                "failures": turn.failures,
                "error": turn.last_error,
            }
            for turn in overdue()
        ]
        rows = [[line["tenant"] or "(platform)", line["due_at"], line["failures"], line["error"]] for line in late]
        self.answer(late, table(["shop", "due", "failures", "problem"], rows) if late else "No backup is late.")
        if late:
            self.refuse(f"{number_of(len(late), 'backup is', 'backups are')} late.")


def _facts(backup: Backup) -> dict[str, Any]:
    return {
        "id": str(backup.pk),
        "kind": backup.kind,
        "tenant": backup.slug or None,
        "state": backup.state,
        "reason": backup.reason,
        "taken_at": backup.started_at.isoformat(),
        "rows": backup.row_count,
        "dump_bytes": backup.dump_bytes,
        "sha256": backup.dump_sha256,
        "media_files": backup.media_files,
        "schema_version": backup.schema_version,
        "epoch": backup.epoch,
        "location": backup.location,
        "verified_at": backup.verified_at and backup.verified_at.isoformat(),
        "error": backup.error,
    }


def _row(backup: Backup) -> list[object]:
    verified = f"{backup.verified_at:%Y-%m-%d %H:%M}" if backup.verified_at else ""
    return [
        f"{backup.started_at:%Y-%m-%d %H:%M}", backup.slug or "(platform)", backup.pk, backup.state, backup.reason,
        backup.row_count, backup.dump_bytes, backup.media_files, verified, backup.error,
    ]  # fmt: skip
