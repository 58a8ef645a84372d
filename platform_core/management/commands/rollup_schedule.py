from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from rich.console import Group

from platform_core.management.operator import OperatorCommand, table
from platform_core.metrics.lag import lag
from platform_core.metrics.roll_up_due import roll_up_due
from smartseller.plurals import number_of

COLUMNS = ("slug", "state", "detail", "timezone", "due_at", "closed_at", "refreshed_at", "failures")


class Command(OperatorCommand):
    help = """Show how many shops' figures by day are up to date, and which lag behind, and why.

Each shop is due at its own midnight and once an hour; workers take what is due every minute. --run works off what is
due now in this process, one shop after the other, as if there were no worker. Exit code 1 when it could not for one."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--run", action="store_true", help="roll up what is due now")

    def work(self, *, run: bool, **options: Any) -> None:
        failed = self._run() if run else []
        found = lag(timezone.now())
        rows = [[_cell(getattr(shop, column)) for column in COLUMNS] for shop in found.lagging]
        counts = ", ".join(f"{count} {state}" for state, count in found.counts.items() if count)
        self.answer(found, Group(counts or "no shops", *([table(COLUMNS, rows)] if rows else [])))
        if failed:
            self.refuse(f"{', '.join(failed)} could not be rolled up.")

    def _run(self) -> list[str]:
        failed = []
        for shop, answer in roll_up_due():
            if isinstance(answer, Exception):
                failed.append(shop.slug)
                self.say(f"{shop.slug}: {type(answer).__name__}: {answer}")
            else:
                self.say(f"{shop.slug}: {number_of(answer.days, 'day')}")
        return failed


def _cell(value: object) -> str:
    return "" if value is None else f"{value:%Y-%m-%d %H:%M}" if hasattr(value, "year") else str(value)
