import os
import shutil
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from platform_core.fleet.errors import UnknownServer
from platform_core.management.operator import OperatorCommand
from platform_core.tenancy.commands import OPEN_OR_SUSPENDED, shop_to_work_in
from platform_core.tenancy.gate import Gate
from smartseller import embedded

CONNECT_TIMEOUT_SECONDS = 5


class Command(OperatorCommand):
    help = """Open psql on one shop's database.

  manage.py dbshell_tenant --tenant acme
  manage.py dbshell_tenant --tenant acme -- -c "SELECT count(*) FROM orders"

As the role that serves requests, which can read and write rows but change no table; --owner is the role that can.
Works for a suspended or unavailable shop too; not for one that is closed for good or being prepared.
What follows `--` goes to psql, whose exit code is this command's."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", required=True, help="the shop")
        parser.add_argument("--owner", action="store_true", help="connect as the role that owns the tables, directly")
        parser.add_argument("arguments", nargs="*", help="for psql, after `--`")

    def work(self, *, tenant: str, owner: bool, arguments: list[str], **options: Any) -> None:
        # The tool to mend with: an unavailable shop is the one that needs it.
        shop = shop_to_work_in(tenant, OPEN_OR_SUSPENDED | {Gate.UNAVAILABLE})
        addresses = settings.DATABASE_SERVERS.get(shop.server)
        if addresses is None:
            raise UnknownServer(shop.server)
        parts = conninfo_to_dict(addresses["owner" if owner else "app"], dbname=shop.database_name)
        # Not in the arguments, which every user of the machine can read.
        secret = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
        parts.setdefault("connect_timeout", CONNECT_TIMEOUT_SECONDS)
        command = [self._psql(), make_conninfo("", **parts), *arguments]
        done = subprocess.run(command, env={**os.environ, **secret}, check=False)
        if done.returncode:
            sys.exit(done.returncode)

    def _psql(self) -> str:
        found = shutil.which("psql")
        if found is not None and not settings.EMBEDDED:
            return found
        try:
            return str(embedded.postgres_binary("psql"))
        except embedded.EmbeddedServerError:
            if found is None:
                self.refuse("psql is not installed: install PostgreSQL's client programs.")
            return found
