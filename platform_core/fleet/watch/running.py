"""What runs on the servers at this moment, what waits for what, and how well memory serves each shop."""

from dataclasses import dataclass

import psycopg

from platform_core.fleet.watch.servers import ask_servers, shops_by_database

RUNNING = """
SELECT datname AS database, pid, state, COALESCE(wait_event_type || ': ' || wait_event, '') AS waits_for,
       pg_blocking_pids(pid) AS blocked_by, usename AS role, application_name AS application,
       EXTRACT(epoch FROM clock_timestamp() - CASE WHEN state = 'active' THEN query_start ELSE xact_start END)::float
           AS seconds,
       left(regexp_replace(query, '\\s+', ' ', 'g'), 500) AS statement
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND datname IS NOT NULL AND pid <> pg_backend_pid()
  AND (state = 'active' OR state LIKE 'idle in transaction%%')
ORDER BY seconds DESC LIMIT %(limit)s
"""
CACHE = """
SELECT datname AS database, blks_hit + blks_read AS blocks, blks_hit AS hits, deadlocks, temp_bytes,
       xact_rollback AS rollbacks, xact_commit AS commits
FROM pg_stat_database WHERE datname IS NOT NULL AND blks_hit + blks_read > 0
ORDER BY blks_read DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A statement that runs, or a transaction that is open: for `seconds`, what it waits for, who keeps it waiting."""

    tenant: str
    server: str
    database: str
    pid: int
    state: str
    seconds: float
    waits_for: str
    blocked_by: list[int]
    role: str
    application: str
    statement: str


@dataclass(frozen=True, kw_only=True)
class CacheUse:
    """Since the server's statistics began: the share of pages found in memory (0 to 1, four digits), pages read from
    disk or the system's cache, deadlocks, bytes of temporary files."""

    tenant: str
    server: str
    database: str
    hit_ratio: float
    blocks_read: int
    deadlocks: int
    temp_bytes: int


@dataclass(frozen=True, kw_only=True)
class Top:
    """The longest running first; those that read most from disk first."""

    running: list[Running]
    cache: list[CacheUse]
    unreachable: dict[str, str]


def top(limit: int) -> Top:
    """At most `limit` of each, over all servers. Two statements to each server and one to the platform."""
    slugs = shops_by_database()
    running: list[Running] = []
    cache: list[CacheUse] = []
    unreachable = {}
    for server, answer in ask_servers(RUNNING, {"limit": limit}):
        if isinstance(answer, psycopg.OperationalError):
            unreachable[server] = str(answer).strip().splitlines()[0]
            continue
        for row in answer:
            tenant = slugs.get((server, row["database"]), "")
            running.append(Running(tenant=tenant, server=server, **{**row, "seconds": round(row["seconds"], 3)}))
    for server, answer in ask_servers(CACHE, {"limit": limit}):
        if isinstance(answer, psycopg.OperationalError):
            continue  # named above
        cache += [
            CacheUse(
                tenant=slugs.get((server, row["database"]), ""),
                server=server,
                database=row["database"],
                hit_ratio=round(row["hits"] / row["blocks"], 4),
                blocks_read=row["blocks"] - row["hits"],
                deadlocks=row["deadlocks"],
                temp_bytes=row["temp_bytes"],
            )
            for row in answer
        ]
    return Top(
        running=sorted(running, key=lambda each: -each.seconds)[:limit],
        cache=sorted(cache, key=lambda each: -each.blocks_read)[:limit],
        unreachable=unreachable,
    )
