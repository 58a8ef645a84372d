"""One shop's database as its server sees it now."""

from dataclasses import dataclass

import psycopg
from django.conf import settings

from platform_core.fleet.servers import owner_connection
from platform_core.fleet.watch.servers import STATEMENT_TIMEOUT

LOOK = """
SELECT CASE WHEN has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE')
            THEN pg_database_size(d.oid) END,
       (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type = 'client backend'),
       d.datconnlimit
FROM pg_database d WHERE d.datname = %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLook:
    """`bytes` on disk, None when the role may not look; `connections` now, of `most` (-1: no limit of its own).
    `problem` says why nothing is known."""

    bytes: int | None = None
    connections: int | None = None
    most: int | None = None
    problem: str = ""


def look_at(server: str, database: str) -> DatabaseLook:
    """One connection and one statement to the shop's server; a server that does not answer is a problem, no error."""
    if server not in settings.DATABASE_SERVERS:
        return DatabaseLook(problem=f"the environment has no address of {server}")
    try:
        with owner_connection(server) as connection:
            connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT}")
            row = connection.execute(LOOK, [database]).fetchone()
    except psycopg.OperationalError as error:
        return DatabaseLook(problem=str(error).strip().splitlines()[0])
    if row is None:
        return DatabaseLook(problem="it does not exist")
    size, connections, most = row
    return DatabaseLook(bytes=size, connections=connections, most=most)
