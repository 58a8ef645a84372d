"""Asking every server the same question."""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from django.conf import settings
from psycopg.rows import dict_row

from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.servers import owner_connection
from platform_core.tenants.models import Tenant

# Milliseconds. Whoever asks wants an answer now, and must not become what is slow.
STATEMENT_TIMEOUT = 10_000

Row = dict[str, Any]


def ask_servers(
    statement: str, parameters: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, list[Row] | psycopg.OperationalError]]:
    """The answer of each server that is not retired, or why it has none, in the order of their keys.

    One connection and one statement a server, whatever the number of shops.
    """
    servers = DatabaseServer.objects.exclude(state=ServerState.RETIRED)
    for key in servers.order_by("key").values_list("key", flat=True):
        if key not in settings.DATABASE_SERVERS:
            yield key, psycopg.OperationalError("it has no address in the environment")
            continue
        try:
            with owner_connection(key) as connection, connection.cursor(row_factory=dict_row) as cursor:
                cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT}")
                cursor.execute(statement, parameters)
                yield key, cursor.fetchall()
        except psycopg.OperationalError as error:
            yield key, error


def shops_by_database() -> dict[tuple[str, str], str]:
    """The slugs of all shops, by server and database. One statement."""
    rows = Tenant.objects.values_list("server__key", "database_name", "slug")
    return {(server, database): slug for server, database, slug in rows}
