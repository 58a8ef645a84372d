from typing import Any

from django.core.management.base import CommandParser
from django.template.defaultfilters import filesizeformat

from platform_core.fleet.watch.sizes import shop_sizes
from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand, table
from smartseller.plurals import number_of


class Command(OperatorCommand):
    help = """Show how much room the shops' databases take on all servers, the largest first.

Exit code 1 when a server could not be asked."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--limit", type=whole(), metavar="N", help="the N largest only")

    def work(self, *, limit: int | None, **options: Any) -> None:
        found = shop_sizes()
        shown = found.shops[:limit]
        rows = [(s.tenant, s.server, s.database, "?" if s.bytes is None else filesizeformat(s.bytes)) for s in shown]
        totals = {"total_bytes": found.total_bytes, "count": len(found.shops)}
        text = table(["shop", "server", "database", "size"], rows)
        self.answer({"shops": [vars(shop) for shop in shown], **totals}, text)
        self.say(f"{number_of(len(found.shops), 'shop')}, {filesizeformat(found.total_bytes)}")
        self.refuse_unreachable(found.unreachable)
