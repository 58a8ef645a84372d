"""A server of shops: whether it answers, may be used, is safe, and keeps time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
from django.conf import settings

from platform_core.fleet.allot import wrong_allotments
from platform_core.fleet.backups.errors import ClientProgramMissing
from platform_core.fleet.backups.programs import program
from platform_core.fleet.doctor.finding import Finding, error, fine, warning
from platform_core.fleet.models import DatabaseServer, ServerState, SpareState, TemplateVersion
from platform_core.fleet.moves.able import why_not_replicated
from platform_core.fleet.moves.leftovers import leftovers
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.fleet.template import schema_digest
from smartseller.plurals import number_of

OLDEST, NEWEST = 15, 18
# Seconds. Sign-in links, carts and due times are compared between machines.
SKEW = 2
OPEN_TO_ALL = """
SELECT datname FROM pg_database
WHERE starts_with(datname, %s) AND has_database_privilege('public', oid, 'CONNECT') ORDER BY datname
"""
# A limit of the role would win over what each shop's plan allots to its database.
OF_ROLE = """
SELECT DISTINCT split_part(line, '=', 1) FROM pg_db_role_setting, unnest(setconfig) line
WHERE setrole = to_regrole(%s) AND split_part(line, '=', 1) IN ('statement_timeout', 'work_mem')
"""
MEND_LEFTOVERS = "manage.py reconcile --fix"
MEND_WAY_OUT = "docs/operations/moving.md says what replication needs"
# Whether the role may replicate is the server's matter, not a database's.
ANY_DATABASE = "postgres"
# What the owner needs besides: ending sessions on a database that is restored, moved or dropped, and seeing others'
# statements (`tenant_top`). A superuser has all of it.
NEEDED = ("pg_signal_backend", "pg_monitor")
LACKS = """
SELECT role FROM unnest(%s::text[]) role
WHERE to_regrole(%s) IS NOT NULL AND NOT pg_has_role(to_regrole(%s)::oid, role::name, 'USAGE')
"""
ROLES = "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)"


def examine_server(server: DatabaseServer) -> Iterator[Finding]:
    """All findings about one server; only that, when it does not answer or this process has no address of it."""
    part = f"server {server.key}"
    if server.key not in settings.DATABASE_SERVERS:
        variable = f"DATABASE_SERVER_{server.key.upper()}"
        yield error(part, "has no address in the environment", f"set {variable}_URL and {variable}_OWNER_URL")
        return
    try:
        with owner_connection(server.key) as connection:
            yield from _examine(connection, part)
            yield from _allotments(connection, server.key, part)
            for left in leftovers(connection, server.key):
                said = f"{left.detail} {left.database}".strip()
                yield warning(part, f"holds {said}", MEND_LEFTOVERS)
    except psycopg.OperationalError as failure:
        yield error(part, f"does not answer: {_line(failure)}", "start it, or correct its address in the environment")
        return
    yield from _application(server.key, part)
    yield from _template(server, part)
    yield from _way_out(server, part)


def _examine(connection: OwnerConnection, part: str) -> Iterator[Finding]:
    version = connection.info.server_version // 10_000
    if not OLDEST <= version <= NEWEST:
        yield error(part, f"is PostgreSQL {version}", f"run PostgreSQL {OLDEST} to {NEWEST}")
    else:
        yield fine(part, f"PostgreSQL {version} answers")
    for name in ("pg_dump", "pg_restore"):
        try:
            program(name, at_least=version)
        except ClientProgramMissing as failure:
            yield error(part, f"cannot be backed up or restored from here: {failure}", f"install {name} {version}")
    for (now,) in connection.execute("SELECT clock_timestamp()"):
        skew = abs((now - datetime.now(UTC)).total_seconds())
        if skew > SKEW:
            yield error(part, f"its clock and ours differ by {skew:.1f} seconds", "let both keep time (chrony)")
    yield from _roles(connection, part)
    names = [name for (name,) in connection.execute(OPEN_TO_ALL, (settings.DATABASE_PREFIX,))]
    if names:
        shown = ", ".join(names[:5])
        yield error(
            part,
            f"{number_of(len(names), 'database lets', 'databases let')} every role connect: {shown}",
            "REVOKE ALL ON DATABASE … FROM PUBLIC",
        )


def _allotments(connection: OwnerConnection, server: str, part: str) -> Iterator[Finding]:
    for (name,) in connection.execute(OF_ROLE, (settings.DATABASE_APP_ROLE,)):
        yield error(
            part, f"{settings.DATABASE_APP_ROLE} has a {name} of its own, which wins over what shops' plans allot",
            f"ALTER ROLE {settings.DATABASE_APP_ROLE} RESET {name}",
        )  # fmt: skip
    wrong = [finding.tenant for finding in wrong_allotments(connection, server)]
    if wrong:
        shown = ", ".join(wrong[:5])
        yield warning(
            part, f"{number_of(len(wrong), 'shop')} may take something else than the plan says: {shown}",
            "manage.py reconcile --fix",
        )  # fmt: skip
    else:
        yield fine(part, "every shop's database may take what its plan says")


def _roles(connection: OwnerConnection, part: str) -> Iterator[Finding]:
    found = {
        row[0]: row[1:]
        for row in connection.execute(ROLES, ([settings.DATABASE_OWNER_ROLE, settings.DATABASE_APP_ROLE],))
    }
    app, owner = found.get(settings.DATABASE_APP_ROLE), found.get(settings.DATABASE_OWNER_ROLE)
    for name, role in ((settings.DATABASE_APP_ROLE, app), (settings.DATABASE_OWNER_ROLE, owner)):
        if role is None:
            yield error(part, f"has no role {name}", "run docker/postgres/roles.sql on it")
    if app is not None and any(app):
        yield error(
            part, f"{settings.DATABASE_APP_ROLE} may do more than read and write rows",
            f"ALTER ROLE {settings.DATABASE_APP_ROLE} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS",
        )  # fmt: skip
    if owner is not None and not (owner[0] or owner[1]):
        yield error(
            part, f"{settings.DATABASE_OWNER_ROLE} may not create databases",
            f"ALTER ROLE {settings.DATABASE_OWNER_ROLE} CREATEDB",
        )  # fmt: skip
    name = settings.DATABASE_OWNER_ROLE
    lacking = [role for (role,) in connection.execute(LACKS, (list(NEEDED), name, name))]
    if lacking:
        yield error(
            part, f"{name} may not end others' sessions, or see what they run: it lacks {', '.join(lacking)}",
            f"GRANT {', '.join(lacking)} TO {name}",
        )  # fmt: skip


def _application(key: str, part: str) -> Iterator[Finding]:
    """The address that requests use, which may be another: PgBouncer's."""
    try:
        with psycopg.connect(settings.DATABASE_SERVERS[key]["app"], connect_timeout=5, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as failure:
        yield error(part, f"requests do not reach it: {_line(failure)}", "correct the address of its application role")


def _template(server: DatabaseServer, part: str) -> Iterator[Finding]:
    current = TemplateVersion.objects.filter(server=server, is_current=True).first()
    if current is None or current.schema_digest != schema_digest():
        said = "has no template" if current is None else f"its template is older than this release ({current.version})"
        yield error(part, said, "manage.py setup")
    ready = server.spares.filter(state=SpareState.READY).count()
    if server.state == server.State.OPEN and ready < settings.FLEET_SPARES / 2:
        yield warning(
            part, f"{ready} of {number_of(settings.FLEET_SPARES, 'spare database')} ready: signing up is slower",
            "start a worker, or manage.py spares --refill",
        )  # fmt: skip


def _way_out(server: DatabaseServer, part: str) -> Iterator[Finding]:
    """Whether shops can be moved on to another server while they sell: better known before one is full."""
    others = DatabaseServer.objects.filter(state=ServerState.OPEN, key__in=list(settings.DATABASE_SERVERS))
    for key in others.exclude(pk=server.pk).order_by("key").values_list("key", flat=True):
        why = why_not_replicated(server.key, ANY_DATABASE, key)
        if why:
            yield warning(part, f"shops are closed while they move to {key}: {why}", MEND_WAY_OUT)


def _line(failure: Exception) -> str:
    """The first line without addresses' secrets: libpq names neither password nor whole address in it."""
    return re.sub(r"\s+", " ", str(failure).strip().splitlines()[0] if str(failure).strip() else type(failure).__name__)
