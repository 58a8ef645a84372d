from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from platform_core.metrics.add_up import add_up_changes
from platform_core.metrics.roll_up_shop import roll_up_changes, roll_up_span
from platform_core.tenancy.commands import OPEN_OR_SUSPENDED, TenantCommand
from platform_core.tenancy.context import TenantInfo
from smartseller.plurals import number_of


class Command(TenantCommand):
    works_in = OPEN_OR_SUSPENDED
    help = (
        "Bring a shop's figures by day up to date: what was written since the last time can have changed or, with "
        "--from and --to, every day of a span. Days are those of the shop's time zone. Safe at any time, and again. "
        "With --all the platform's days are added up from what all shops said. "
        "Workers do it by themselves, each night and each hour: `rollup_schedule` says for which shops they could not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="DATE", help="such as 2026-01-31")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="DATE", help="the last day")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if (first is None) != (last is None):
            raise CommandError("--from and --to go together.", returncode=2)
        if first is not None and last is not None and first > last:
            raise CommandError(f"{first} is after {last}.", returncode=2)
        super().handle(*args, **options)

    def handle_tenant(self, tenant: TenantInfo, **options: Any) -> None:
        first: date | None = options["first"]
        last: date | None = options["last"]
        with Progress(console=Console(stderr=True)) as progress:
            total = (last - first).days + 1 if first and last else None
            task = progress.add_task(tenant.slug, total=total)

            def tell(days: int) -> None:
                progress.update(task, completed=days)

            now = timezone.now()
            done = (
                roll_up_span(now, first, last, tell=tell) if first and last else roll_up_changes(now, tell=tell)
            ).days
        self.stdout.write(f"{tenant.slug}: {number_of(done, 'day')} rolled up.")

    def after_all(self, **options: Any) -> None:
        days = add_up_changes(timezone.now())
        self.stdout.write(f"The platform: {number_of(len(days), 'day')} added up.")
