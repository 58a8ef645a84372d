from typing import Any
from uuid import UUID

from django.core.management.base import CommandParser

from platform_core.management.operator import OperatorCommand, table
from platform_core.parking.models import ParkedTask
from platform_core.parking.release import discard, retry


class Command(OperatorCommand):
    help = """List the tasks that were set aside, and retry or discard them.

A task is set aside when its worker died of it three times, or when its last try failed and it does not come again by
itself. One that succeeds later leaves the list. --retry queues again, --discard forgets; both take identifiers, or
`all`. Without an option nothing is changed."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--retry", nargs="+", metavar="ID", help="queue these again, or `all`")
        choice.add_argument("--discard", nargs="+", metavar="ID", help="forget these, or `all`")

    def work(self, *, retry: list[str] | None, discard: list[str] | None, **options: Any) -> None:
        if retry:
            self.say(f"{_retry(self._named(retry))} queued again")
        if discard:
            self.say(f"{_discard(self._named(discard))} discarded")
        parked = list(ParkedTask.objects.select_related("tenant"))
        document = [
            {
                "id": str(task.pk), "task": task.task, "args": task.args, "kwargs": task.kwargs,
                "shop": task.tenant.slug if task.tenant else None, "reason": task.reason, "error": task.error,
                "failures": task.failures, "first_at": task.first_at, "last_at": task.last_at,
            }
            for task in parked
        ]  # fmt: skip
        rows = [
            (line["id"], line["task"], line["shop"] or "", line["reason"], line["failures"],
             f"{line['last_at']:%Y-%m-%d %H:%M}", f"{line['args']} {line['kwargs']}", line["error"])
            for line in document
        ]  # fmt: skip
        columns = ["id", "task", "shop", "reason", "times", "last", "arguments", "error"]
        self.answer(document, table(columns, rows) if rows else "Nothing is set aside.")

    def _named(self, names: list[str]) -> list[ParkedTask]:
        if names == ["all"]:
            return list(ParkedTask.objects.all())
        try:
            wanted = {UUID(name) for name in names}
        except ValueError:
            self.refuse(f"{' '.join(names)}: identifiers, or `all`, are expected.")
        found = list(ParkedTask.objects.filter(pk__in=wanted))
        if len(found) != len(wanted):
            self.refuse("There is no such task; nothing was done.")
        return found


_retry, _discard = retry, discard
