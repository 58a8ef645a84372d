from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db.models import F

from platform_core.fleet.models import DatabaseServer, ServerState, SpareDatabase
from platform_core.fleet.spares import RefillResult, refill_spares
from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand, table


class Command(OperatorCommand):
    help = """Show the spare databases, which make signing up fast, and fill the pool up.

Without an option nothing is changed. --refill makes as many as FLEET_SPARES asks for on every open server and
replaces those of an outdated template; --rebuild drops every waiting spare first. Workers refill by themselves
after each sign-up and every minute."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--refill", action="store_true", help="make what is missing")
        choice.add_argument("--rebuild", action="store_true", help="drop every waiting spare and make new ones")
        parser.add_argument(
            "--count", type=whole(least=0), metavar="N", help="keep N per server this time, not FLEET_SPARES"
        )

    def work(self, *, refill: bool, rebuild: bool, count: int | None, **options: Any) -> None:
        if count is not None and not (refill or rebuild):
            raise CommandError("--count goes with --refill or --rebuild.", returncode=2)
        servers = DatabaseServer.objects.exclude(state=ServerState.RETIRED).order_by("key")
        done: dict[str, RefillResult] = {}
        if refill or rebuild:
            for server in servers.filter(state=ServerState.OPEN, key__in=list(settings.DATABASE_SERVERS)):
                result = refill_spares(server.key, wanted=count, rebuild=rebuild)
                if result.busy:
                    self.say(f"{server.key}: another process is refilling it")
                done[server.key] = result
        document = [self._describe(server.key, done.get(server.key), count) for server in servers]
        rows = [
            (
                line["server"],
                spare["name"],
                spare["state"],
                spare["version"],
                "" if spare["current"] else "outdated",
            )
            for line in document
            for spare in line["spares"]
        ]
        self.answer(document, table(["server", "database", "state", "template", ""], rows))
        for line in document:
            did = f"{line['made']} made, {line['dropped']} dropped, " if refill or rebuild else ""
            self.say(f"{line['server']}: {did}{line['wanted']} wanted")

    @staticmethod
    def _describe(server: str, refilled: RefillResult | None, count: int | None) -> dict[str, Any]:
        spares = SpareDatabase.objects.filter(server__key=server).order_by("created_at")
        return {
            "server": server,
            "wanted": settings.FLEET_SPARES if count is None else count,
            "made": refilled.made if refilled else 0,
            "dropped": refilled.dropped if refilled else 0,
            "spares": list(
                spares.values("name", "state", version=F("template__version"), current=F("template__is_current"))
            ),
        }
