"""Whether a shop can be moved by replication, and if not, why."""

import psycopg
from django.conf import settings
from psycopg.conninfo import make_conninfo

from platform_core.fleet.servers import CONNECT_TIMEOUT_SECONDS, OwnerConnection
from platform_core.tenancy.commands import first_line

# From this version on one need not be a superuser to subscribe.
SUBSCRIBING_IS_A_ROLE = 16
SOURCE = """
SELECT current_setting('wal_level'), rolreplication OR rolsuper
FROM pg_roles WHERE rolname = current_user
"""
TARGET = """
SELECT rolsuper OR EXISTS (
    SELECT FROM pg_roles r WHERE r.rolname = 'pg_create_subscription' AND pg_has_role(current_user, r.oid, 'USAGE')
) FROM pg_roles WHERE rolname = current_user
"""


def replication_address(server: str, database: str) -> str:
    """How the role that replicates reaches `database`, from here and from the other servers; empty when none is set."""
    address = str(settings.DATABASE_SERVERS[server].get("replication") or "")
    return make_conninfo(address, dbname=database) if address else ""


def connect_to_replicate(server: str, database: str, *, streaming: bool = False) -> OwnerConnection:
    """An autocommit connection of the role that replicates. `streaming` speaks the protocol of replication.

    Errors: psycopg.OperationalError.
    """
    address = replication_address(server, database)
    return psycopg.connect(
        make_conninfo(address, replication="database") if streaming else address,
        autocommit=True,
        application_name="smartseller-move",
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
    )


def why_not_replicated(source: str, database: str, target: str) -> str:
    """Why a shop cannot be followed from `source` to `target`, in words; empty when it can."""
    for server in (source, target):
        if not replication_address(server, "postgres"):
            return f"the settings have no address for replication of the server {server}"
    try:
        with connect_to_replicate(source, database) as connection:
            row = connection.execute(SOURCE).fetchone()
        if row is None or row[0] != "logical":
            return f"the server {source} writes no logical WAL (wal_level is {row and row[0]})"
        if not row[1]:
            return f"the role that is to replicate may not on the server {source}"
    except psycopg.OperationalError as error:
        return f"the role that replicates does not reach {source}: {first_line(error)}"
    try:
        with connect_to_replicate(target, "postgres") as connection:
            row = connection.execute(TARGET).fetchone()
            major = connection.info.server_version // 10_000
        if row is None or not row[0]:
            wanted = "pg_create_subscription" if major >= SUBSCRIBING_IS_A_ROLE else "superuser"
            return f"the role that is to subscribe on the server {target} is not {wanted}"
    except psycopg.OperationalError as error:
        return f"the role that replicates does not reach {target}: {first_line(error)}"
    return ""
