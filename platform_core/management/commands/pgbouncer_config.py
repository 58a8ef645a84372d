from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from platform_core.fleet.pgbouncer import CONFIGURATION, PgBouncerLimits, pgbouncer_files
from platform_core.management.numbers import whole
from platform_core.management.operator import OperatorCommand

DEFAULTS = PgBouncerLimits()


class Command(OperatorCommand):
    help = """Write the configuration of a PgBouncer that stands in front of a server of shops.

Writes pgbouncer.ini and userlist.txt (readable by their owner only: it may hold a password) into --folder. One
PgBouncer serves every shop on one server, in transaction mode, shops made later included. Then start
`pgbouncer FOLDER/pgbouncer.ini`, point the server's request address (TENANT_DATABASE_URL, or
DATABASE_SERVER_<KEY>_URL) at it and set DATABASE_BEHIND_PGBOUNCER=true. The owner's address stays direct."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--folder", type=Path, required=True, help="where the two files go; made if missing")
        parser.add_argument("--server", default="primary", choices=list(settings.DATABASE_SERVERS), help="(primary)")
        parser.add_argument("--listen", default="127.0.0.1", help="address to listen on, empty for none (127.0.0.1)")
        parser.add_argument("--port", type=whole(most=65_535), default=6432, help="(6432)")
        parser.add_argument("--sockets", default="", help="folder for a Unix socket (none)")
        parser.add_argument(
            "--server-connections",
            type=whole(),
            default=DEFAULTS.server_connections,
            help=f"most connections to PostgreSQL over all shops ({DEFAULTS.server_connections})",
        )
        parser.add_argument(
            "--per-shop",
            type=whole(),
            default=DEFAULTS.per_shop,
            help=f"most of them for one shop ({DEFAULTS.per_shop})",
        )
        parser.add_argument(
            "--clients", type=whole(), default=DEFAULTS.clients, help=f"most clients at once ({DEFAULTS.clients})"
        )

    def work(
        self,
        *,
        folder: Path,
        server: str,
        listen: str,
        port: int,
        sockets: str,
        server_connections: int,
        per_shop: int,
        clients: int,
        **options: Any,
    ) -> None:
        folder = folder.resolve()
        limits = PgBouncerLimits(server_connections=server_connections, per_shop=per_shop, clients=clients)
        files = pgbouncer_files(server, folder=str(folder), listen=listen, port=port, sockets=sockets, limits=limits)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                path = folder / name
                path.touch(mode=0o600)
                path.chmod(0o600)
                path.write_text(text)
        except OSError as error:
            self.refuse(f"Cannot write to {folder}: {error.strerror}.")
        answer = {"server": server, "files": [str(folder / name) for name in files]}
        self.answer(answer, f"Start: pgbouncer {folder / CONFIGURATION}")
