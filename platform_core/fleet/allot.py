"""Noisy neighbours: what a shop's database may take of its server stands on the database itself.

So it holds for every session, whoever opens it and through whatever pooler. The owner's sessions put their own limit of
statements aside (`servers.connect_as_owner`), and a limit of the role that serves requests would win over these.
"""

from collections.abc import Iterator

from psycopg import sql

from platform_core.fleet.findings import Finding, Kind
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.plans.allotments import DEFAULT, Allotment, allotments
from platform_core.tenants.models import Tenant, TenantStatus

GIVE = """
ALTER DATABASE {name} SET statement_timeout = {statement_timeout};
ALTER DATABASE {name} SET work_mem = {work_mem};
ALTER DATABASE {name} CONNECTION LIMIT {connections}
"""
# Settings of the database for every role; as they were written, with their units.
FOUND = """
SELECT d.datname, d.datconnlimit, COALESCE(s.setconfig, '{}')
FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0
WHERE d.datname = ANY(%s)
"""
HAVE_DATABASE = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)


def give_allotment(connection: OwnerConnection, name: str, allotment: Allotment) -> None:
    """Let the database `name` take `allotment` and no more; sessions that are open go on as they began. Idempotent."""
    statement = sql.SQL(GIVE).format(
        name=sql.Identifier(name),
        statement_timeout=sql.Literal(f"{allotment.statement_seconds}s"),
        work_mem=sql.Literal(f"{allotment.work_mem_kb}kB"),
        connections=sql.Literal(allotment.connections),
    )
    connection.execute(statement, prepare=False)


def allot(tenant: Tenant) -> None:
    """Give a shop's database what its plan says. Errors: psycopg.OperationalError; the reconciler does it then."""
    with owner_connection(str(tenant.server_id)) as connection:
        give_allotment(connection, tenant.database_name, allotments().get(tenant.plan_type, DEFAULT))


def wrong_allotments(connection: OwnerConnection, server: str) -> Iterator[Finding]:
    """The shops on `server` whose databases may take something else than their plans say; one statement."""
    of_plan = allotments()
    shops = Tenant.objects.filter(server__key=server, status__in=HAVE_DATABASE).order_by("slug")
    wanted = {name: (slug, plan) for name, slug, plan in shops.values_list("database_name", "slug", "plan_type")}
    for name, limit, config in connection.execute(FOUND, (list(wanted),)).fetchall():
        slug, plan = wanted[name]
        differences = _differences(of_plan.get(plan, DEFAULT), limit, dict(line.split("=", 1) for line in config))
        if differences:
            yield Finding(
                kind=Kind.WRONG_ALLOTMENT, server=server, database=name, tenant=slug,
                detail=f"{', '.join(differences)} in the plan {plan}",
            )  # fmt: skip


def _differences(wanted: Allotment, limit: int, found: dict[str, str]) -> list[str]:
    pairs = (
        ("statement_timeout", found.get("statement_timeout", "unset"), f"{wanted.statement_seconds}s"),
        ("work_mem", found.get("work_mem", "unset"), f"{wanted.work_mem_kb}kB"),
        ("connections", str(limit), str(wanted.connections)),
    )
    return [f"{name} is {is_now} instead of {wants}" for name, is_now, wants in pairs if is_now != wants]
