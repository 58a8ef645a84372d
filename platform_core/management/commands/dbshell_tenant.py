import os
import shutil
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from platform_core.fleet.errors import UnknownServer
from platform_core.management.operator import OperatorCommand, tenant_id_of
from platform_core.tenants.models import Tenant
from smartseller import embedded


class Command(OperatorCommand):
    help = """Open psql on one shop's database.

  manage.py dbshell_tenant --tenant acme
  manage.py dbshell_tenant --tenant acme -- -c "SELECT count(*) FROM orders"

As the role that serves requests, which can read and write rows but change no table; --owner is the role that can.
What follows `--` goes to psql, whose exit code is this command's."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", metavar="SLUG", required=True, help="the shop")
        parser.add_argument("--owner", action="store_true", help="connect as the role that owns the tables, directly")
        parser.add_argument("arguments", nargs="*", help="for psql, after `--`")

    def work(self, *, tenant: str, owner: bool, arguments: list[str], **options: Any) -> None:
        shop = Tenant.objects.get(pk=tenant_id_of(tenant))
        addresses = settings.DATABASE_SERVERS.get(str(shop.server_id))
        if addresses is None:
            raise UnknownServer(str(shop.server_id))
        parts = conninfo_to_dict(addresses["owner" if owner else "app"], dbname=shop.database_name)
        # Not in the arguments, which every user of the machine can read.
        secret = {"PGPASSWORD": str(parts.pop("password"))} if "password" in parts else {}
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
