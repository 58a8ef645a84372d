from typing import Any

from platform_core.fleet.watch.connections import shop_connections
from platform_core.management.operator import OperatorCommand, table
from smartseller.plurals import number_of

COLUMNS = ["shop", "server", "database", "connections", "active", "in transaction", "oldest transaction"]


class Command(OperatorCommand):
    help = """Show the connections to the shops' databases on all servers, and how full each server is.

A database without connections is left out. Exit code 1 when a server could not be asked."""

    def work(self, **options: Any) -> None:
        found = shop_connections()
        rows = [
            (s.tenant or "-", s.server, s.database, s.total, s.active, s.in_transaction, f"{s.oldest_seconds:.1f} s")
            for s in found.shops
        ]
        document = {"shops": [vars(shop) for shop in found.shops], "servers": [vars(each) for each in found.servers]}
        self.answer(document, table(COLUMNS, rows))
        for server in found.servers:
            self.say(f"{server.server}: {server.total} of at most {number_of(server.most, 'connection')}")
        self.refuse_unreachable(found.unreachable)
