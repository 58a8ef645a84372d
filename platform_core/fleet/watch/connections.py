"""Who is connected to the shops."""

from dataclasses import dataclass

import psycopg

from platform_core.fleet.watch.servers import Row, ask_servers, shops_by_database

# A server to which nobody is connected answers, too: one row without a database.
CONNECTIONS = """
SELECT datname AS database, count(pid) AS total,
       count(*) FILTER (WHERE state = 'active') AS active,
       count(*) FILTER (WHERE state LIKE 'idle in transaction%%') AS in_transaction,
       COALESCE(EXTRACT(epoch FROM max(CURRENT_TIMESTAMP - xact_start)), 0)::float AS oldest_seconds,
       current_setting('max_connections')::int AS most
FROM (VALUES ('client backend')) AS kind (name) LEFT JOIN pg_stat_activity
     ON backend_type = kind.name AND datname IS NOT NULL AND pid <> pg_backend_pid()
GROUP BY datname
"""


@dataclass(frozen=True, kw_only=True)
class ShopConnections:
    """Connections to a shop's database (`tenant` is empty for a database of no shop): all, those that run a statement,
    those that wait inside a transaction, and the age of the oldest transaction in seconds."""

    tenant: str
    server: str
    database: str
    total: int
    active: int
    in_transaction: int
    oldest_seconds: float


@dataclass(frozen=True, kw_only=True)
class ServerConnections:
    """All connections of a server, and how many it allows (`max_connections`)."""

    server: str
    total: int
    most: int


@dataclass(frozen=True, kw_only=True)
class Connections:
    """Databases with connections, the fullest first, and the servers that were asked."""

    shops: list[ShopConnections]
    servers: list[ServerConnections]
    unreachable: dict[str, str]


def shop_connections() -> Connections:
    """One statement to each server and one to the platform, whatever the number of shops."""
    slugs = shops_by_database()
    shops: list[ShopConnections] = []
    servers, unreachable = [], {}
    for server, answer in ask_servers(CONNECTIONS):
        if isinstance(answer, psycopg.OperationalError):
            unreachable[server] = str(answer).strip().splitlines()[0]
            continue
        shops += [_of(server, row, slugs.get((server, row["database"]), "")) for row in answer if row["total"]]
        servers.append(
            ServerConnections(server=server, total=sum(row["total"] for row in answer), most=answer[0]["most"])
        )
    shops.sort(key=lambda shop: (-shop.total, shop.database))
    return Connections(shops=shops, servers=servers, unreachable=unreachable)


def _of(server: str, row: Row, tenant: str) -> ShopConnections:
    return ShopConnections(
        tenant=tenant,
        server=server,
        database=row["database"],
        total=row["total"],
        active=row["active"],
        in_transaction=row["in_transaction"],
        oldest_seconds=round(row["oldest_seconds"], 1),
    )
