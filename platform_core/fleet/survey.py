"""Looking at one server: which databases and rows have no counterpart."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import psycopg
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from psycopg.conninfo import conninfo_to_dict

from platform_core.fleet.allot import wrong_allotments
from platform_core.fleet.databases import database_names
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.findings import Finding, Kind
from platform_core.fleet.models import RunState, SpareDatabase, SpareState, TemplateVersion
from platform_core.fleet.moves.leftovers import databases_of_moves, leftovers
from platform_core.fleet.names import is_scratch, is_spare, is_template_leftover, template_name
from platform_core.fleet.restores.kept import IS_OVER
from platform_core.fleet.restores.load import scratch_work
from platform_core.fleet.restores.models import KeptDatabase, Restore, RestoreState
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.fleet.template import WORK as TEMPLATE_WORK
from platform_core.tenants.models import Tenant, TenantStatus

# A row may be written a moment before, or after, its database is looked for.
SETTLED = timedelta(minutes=2)


def survey_server(connection: OwnerConnection, server: str) -> Iterator[Finding]:
    """Everything out of step on `server`. `connection` is an owner's, to its maintenance database.

    Rows are read before and after the databases, because shops are made meanwhile: a row is written before its
    database is made and goes after its database was renamed.
    """
    shops_before, spares_before, restores_before = _shops(server), _spares(server), _of_restores(server)
    left = list(leftovers(connection, server))
    databases = database_names(connection) - platforms_own(server) - {finding.database for finding in left}
    spares_after, shops_after = _spares(server), set(Tenant.objects.values_list("database_name", flat=True))
    restores_after = _of_restores(server)

    for name, slug in shops_before.items():
        if name not in databases:
            yield Finding(
                kind=Kind.MISSING_DATABASE, server=server, database=name, tenant=slug,
                detail="the shop's database does not exist",
            )  # fmt: skip
    for name in sorted((spares_before.waiting & spares_after.waiting) - databases):
        yield Finding(kind=Kind.SPARE_WITHOUT_DATABASE, server=server, database=name, detail="a row and no database")
    for name in sorted(spares_before.abandoned & spares_after.abandoned):
        yield Finding(
            kind=Kind.ABANDONED_SPARE, server=server, database=name, detail="claimed by a run that needs it no more"
        )
    for name in sorted(databases - shops_after - restores_before - restores_after):
        if is_scratch(name):
            if _is_left(connection, name):
                yield Finding(kind=Kind.SCRATCH_LEFTOVER, server=server, database=name, detail="nobody works in it")
        elif is_spare(name):
            if name not in spares_before.names | spares_after.names:
                yield _unaccounted(server, name, Kind.SPARE_WITHOUT_ROW)
        elif name != template_name() and not is_template_leftover(name):
            yield _unaccounted(server, name, Kind.ORPHAN_DATABASE)
    yield from wrong_allotments(connection, server)
    yield from left
    yield from _kept(server, databases)
    yield from _template(connection, server, databases)


def _shops(server: str) -> dict[str, str]:
    """Databases that must exist, with their shops' slugs; a cancelled shop's may be gone."""
    serving = Tenant.objects.filter(server__key=server, status__in=(TenantStatus.ACTIVE, TenantStatus.SUSPENDED))
    return dict(serving.values_list("database_name", "slug"))


def _of_restores(server: str) -> set[str]:
    """Databases that a restore or a move fills at this moment, and those that one has replaced."""
    filled = Restore.objects.filter(server=server, state=RestoreState.RUNNING)
    replaced = KeptDatabase.objects.filter(server=server)
    names = set(filled.values_list("new_database", flat=True)) | set(replaced.values_list("name", flat=True))
    return names | databases_of_moves(server)


def _is_left(connection: OwnerConnection, scratch: str) -> bool:
    """Whoever tries a backup out holds the right to it as long as it takes."""
    try:
        with only_one(connection, scratch_work(scratch), wait_seconds=0):
            return True
    except FleetBusy:
        return False


def _kept(server: str, databases: set[str]) -> Iterator[Finding]:
    known = KeptDatabase.objects.select_related("tenant").annotate(is_over=IS_OVER)
    for kept in known.filter(server=server).order_by("name"):
        if kept.name not in databases and kept.created_at < timezone.now() - SETTLED:
            yield Finding(
                kind=Kind.KEPT_WITHOUT_DATABASE, server=server, database=kept.name, tenant=kept.tenant.slug,
                detail="a row and no database",
            )  # fmt: skip
        elif kept.is_over:
            yield Finding(
                kind=Kind.KEPT_LONG_ENOUGH, server=server, database=kept.name, tenant=kept.tenant.slug,
                detail=f"no shop has it any more, kept until {kept.kept_until:%Y-%m-%d %H:%M} UTC",
            )  # fmt: skip


@dataclass(frozen=True)
class _Spares:
    """Names of spares with a row: all of them, those that wait for a shop, those that no run needs any more."""

    names: set[str]
    waiting: set[str]
    abandoned: set[str]


def _spares(server: str) -> _Spares:
    rows = SpareDatabase.objects.filter(server__key=server)
    needed = Q(claimed_by__state__in=(RunState.RUNNING, RunState.FAILED)) & Q(
        claimed_by__tenant__status=TenantStatus.PENDING_SETUP
    )
    claimed = rows.filter(state=SpareState.CLAIMED)
    return _Spares(
        names=set(rows.values_list("name", flat=True)),
        waiting=set(rows.filter(state=SpareState.READY).values_list("name", flat=True)),
        abandoned=set(claimed.exclude(needed).values_list("name", flat=True)),
    )


def platforms_own(server: str) -> set[str]:
    """The maintenance database of the server's owner, and the platform's own."""
    named = conninfo_to_dict(settings.DATABASE_SERVERS[server]["owner"]).get("dbname")
    return {str(named), settings.DATABASES["default"]["NAME"]}


def _unaccounted(server: str, name: str, kind: Kind) -> Finding:
    """A database that no row speaks of: ours to drop only if it is a shop's database that no shop was let into."""
    try:
        with owner_connection(server, name) as connection:
            row = connection.execute("SELECT tenant_id FROM tenant_sentinel").fetchone()
    except psycopg.errors.UndefinedTable:
        return Finding(kind=Kind.FOREIGN_DATABASE, server=server, database=name, detail="not made by the fleet")
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        return Finding(kind=Kind.FOREIGN_DATABASE, server=server, database=name, detail=f"cannot be read: {reason}")
    if row is None:
        return Finding(kind=kind, server=server, database=name, detail="no shop was ever let into it")
    return _of_somebody(server, name, row[0])


def _of_somebody(server: str, name: str, tenant_id: UUID) -> Finding:
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        return Finding(
            kind=Kind.UNKNOWN_SHOP, server=server, database=name,
            detail=f"holds the data of shop {tenant_id}, which the platform does not know",
        )  # fmt: skip
    return Finding(
        kind=Kind.MISPLACED_DATABASE, server=server, database=name, tenant=tenant.slug,
        detail=f"holds data of {tenant.slug}, whose database is {tenant.database_name}",
    )  # fmt: skip


def _template(connection: OwnerConnection, server: str, databases: set[str]) -> Iterator[Finding]:
    versions = TemplateVersion.objects.filter(server__key=server)
    current = versions.filter(is_current=True).first()
    if current is None or current.database_name not in databases:
        yield Finding(
            kind=Kind.TEMPLATE_MISSING, server=server, database=template_name(), detail="no shop can be made without it"
        )
    try:
        with only_one(connection, TEMPLATE_WORK, wait_seconds=0):
            unfinished = versions.filter(is_current=False, built_at__isnull=True)
            rows = set(unfinished.values_list("database_name", flat=True))
    except FleetBusy:
        return  # one is being built at this moment
    for name in sorted(filter(is_template_leftover, databases)):
        yield Finding(kind=Kind.TEMPLATE_LEFTOVER, server=server, database=name, detail="no template any more")
    for name in sorted(rows - databases):
        yield Finding(
            kind=Kind.UNFINISHED_TEMPLATE, server=server, database=name, detail="a row of a template never finished"
        )
