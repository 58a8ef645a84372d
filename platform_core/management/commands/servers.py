from typing import Any

from django.core.management.base import CommandParser
from django.db.models import Count, Q

from platform_core.fleet.hosting.add import add_server
from platform_core.fleet.hosting.drain import drain_server
from platform_core.fleet.hosting.retire import retire_server
from platform_core.fleet.models import DatabaseServer, SpareState
from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand, add_json, table
from platform_core.tenants.models import TenantStatus
from smartseller.plurals import number_of

WORDS = {
    "list": "every server, with how full it is",
    "add": "let a server take shops, for the first time or again",
    "drain": "let a server take no more shops, and move away those it has",
    "retire": "give up a server that holds nothing any more",
}
COLUMNS = ["server", "region", "state", "shops", "capacity", "spares"]


class Command(OperatorCommand):
    help = """The database servers that hold shops.

  manage.py servers list
  manage.py servers add second --region eu --capacity 800
  manage.py servers drain primary
  manage.py servers retire primary

`add` lets a server take shops whose addresses are in the environment, makes its template and its spares, and opens a
drained one again. `drain` lets a server take no more shops and moves those it has, one after the other, each to the
emptiest open server of its region; repeat it after an interruption. A shop that cannot be moved while it sells stays,
with the reason, unless --close or --dump is said. `retire` gives a server up that holds nothing any more, and is
refused otherwise. A shop with a region is never put outside of it."""

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        for name, purpose in WORDS.items():
            word = words.add_parser(name, help=purpose, description=f"{purpose[0].upper()}{purpose[1:]}.")
            add_json(word)
            if name != "list":
                word.add_argument("key", help="the server, as the environment names it")
            if name == "add":
                word.add_argument("--region", help="where it is, such as eu (default: as it was, or nowhere)")
                word.add_argument("--capacity", type=whole(), metavar="N", help="shops it may hold (default: 1000)")
            if name == "drain":
                how = word.add_mutually_exclusive_group()
                how.add_argument(
                    "--close", action="store_true", help="close a shop meanwhile where servers cannot replicate"
                )
                how.add_argument("--dump", action="store_true", help="dump and restore; each shop is closed meanwhile")

    def work(self, *, word: str, **options: Any) -> None:
        if word == "list":
            self._list()
        elif word == "add":
            add_server(options["key"], region=options["region"], capacity=options["capacity"], say=self.say)
            self._list(options["key"])
        elif word == "retire":
            retire_server(options["key"])
            self._list(options["key"])
        else:
            self._drain(options["key"], by_dump=options["dump"], may_close=options["close"])

    def _list(self, key: str | None = None) -> None:
        live = Count("tenants", filter=~Q(tenants__status=TenantStatus.CANCELLED), distinct=True)
        ready = Count("spares", filter=Q(spares__state=SpareState.READY), distinct=True)
        servers = DatabaseServer.objects.annotate(shops=live, ready=ready).order_by("key")
        document = [
            {
                "server": server.key,
                "region": server.region,
                "state": server.state,
                "shops": server.shops,
                "capacity": server.capacity,
                "spares": server.ready,
            }
            for server in (servers.filter(key=key) if key else servers)
        ]
        self.answer(document, table(COLUMNS, [list(line.values()) for line in document]))

    def _drain(self, key: str, *, by_dump: bool, may_close: bool) -> None:
        drained = drain_server(key, by_dump=by_dump, may_close=may_close, say=self.say)
        rows = [[shop.slug, shop.server, shop.method, f"{shop.closed_seconds:.3f}"] for shop in drained.moved]
        rows += [[slug, key, "", reason] for slug, reason in drained.failed.items()]
        columns = ["shop", "server", "method", "closed for (s)"]
        self.answer(drained, table(columns, rows) if rows else f"{key} takes no more shops, and none was on it.")
        if drained.left:
            self.refuse(
                f"{number_of(len(drained.left), 'shop is', 'shops are')} still on {key}: {', '.join(drained.left[:5])}."
            )
