from typing import Any

from django.core.management.base import CommandParser
from rich.console import Group

from platform_core.fleet.watch.running import top
from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand, table

RUNNING = ["shop", "server", "pid", "for", "state", "waits for", "blocked by", "statement"]
CACHE = ["shop", "server", "database", "in memory", "read", "deadlocks"]
# Characters: a line of a terminal has room for the beginning.
SHOWN = 80


class Command(OperatorCommand):
    help = """Show what runs on all servers now, the longest first; who waits for whom; who reads most from disk.

A statement may hold what people typed. Exit code 1 when a server could not be asked."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--limit", type=whole(), default=10, metavar="N", help="the first N of each (10)")

    def work(self, *, limit: int, **options: Any) -> None:
        found = top(limit)
        running = [
            (r.tenant or "-", r.server, r.pid, f"{r.seconds:.1f} s", r.state, r.waits_for,
             ", ".join(map(str, r.blocked_by)), r.statement[:SHOWN])
            for r in found.running
        ]  # fmt: skip
        cache = [
            (c.tenant or "-", c.server, c.database, f"{c.hit_ratio:.2%}", c.blocks_read, c.deadlocks)
            for c in found.cache
        ]
        document = {"running": [vars(each) for each in found.running], "cache": [vars(each) for each in found.cache]}
        parts = [table(RUNNING, running, title="Running now") if running else "Nothing runs.", table(CACHE, cache)]
        self.answer(document, Group(*parts))
        self.refuse_unreachable(found.unreachable)
