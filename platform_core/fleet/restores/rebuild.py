"""The whole platform from its backups, on servers that hold nothing of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connections
from psycopg import sql

from platform_core.fleet.backups.adopt import adopt_backups, folders_of_platform
from platform_core.fleet.backups.errors import BackupUnusable, NoBackup, RebuildRefused
from platform_core.fleet.backups.manifest import Manifest, read_manifest
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.erasures.again import erase_again
from platform_core.fleet.models import DatabaseServer, SpareDatabase, SpareState
from platform_core.fleet.moves.models import Move, MoveState
from platform_core.fleet.reconcile import reconcile
from platform_core.fleet.restores.load import check_before, fill_database
from platform_core.fleet.restores.models import KeptDatabase, Restore, RestoreState
from platform_core.fleet.restores.rebuild_shop import rebuild_shop
from platform_core.fleet.servers import PLATFORM_SERVER, OwnerConnection, only_one, owner_connection
from platform_core.fleet.setup import add_servers, migrate_platform, set_up_platform
from platform_core.fleet.template import Say, silent
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant, TenantAvailability, TenantStatus
from smartseller.plurals import number_of

# Stands as the comment of the platform's database until everything is there: what a kill left is known by it.
MARK = "being rebuilt from the backup "
TABLES = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v')
"""


@dataclass(frozen=True, kw_only=True)
class RebuiltShop:
    """What came of a shop: as of when it is back, or why it is not."""

    slug: str
    as_of: datetime | None
    problem: str


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """What the platform was rebuilt from, and what came of each shop that had a database."""

    platform_backup: str
    platform_as_of: datetime
    shops: list[RebuiltShop]


def rebuild_platform(
    *,
    backup_id: UUID | None = None,
    onto: str | None = None,
    region: str | None = None,
    parallel: int = 1,
    say: Say = silent,
    tell: Tell = nobody,
) -> Rebuilt:
    """Fill the empty platform database from its newest backup (or `backup_id`), then make every shop's database from
    the newest backup of each, then whatever `setup` makes.

    `onto` puts all shops on one server, whatever they were on; `region` says where that server is. Idempotent:
    after a kill, what is there is left alone and the rest is made. A shop that has no usable backup is reported and
    stops no other.
    Errors: NoBackup; RebuildRefused when the platform's database is not empty, or shops are on servers that the
    settings do not know; BackupUnusable, RestoreFailed for the platform's own.
    """
    database = settings.DATABASES["default"]["NAME"]
    with owner_connection(PLATFORM_SERVER) as connection, only_one(connection, "rebuilding the platform"):
        location, manifest = _platforms_backup(backup_id or _marked(connection, database))
        if not _is_under_way(connection, database, manifest):
            check_before(location, manifest)
            _mark(connection, database, f"{MARK}{manifest.id}")
            say(f"restoring the platform as of {manifest.started_at:%Y-%m-%d %H:%M} UTC")
            fill_database(location, manifest, server=PLATFORM_SERVER, database=database, tell=tell)
        connections["default"].close()
        migrate_platform(say)
        _forget_the_old_servers()
        say(f"entered in the ledger what was taken after it was backed up: {number_of(adopt_backups(), 'backup')}")
        add_servers(say)
        _place(onto, region)
        say(f"erased again what was erased after it was backed up: {number_of(erase_again(), 'shop')}")
        shops = list(_rebuild_shops(parallel=parallel, say=say, tell=tell))
        reconcile(fix=True, say=say)
        set_up_platform(say=say)
        _mark(connection, database, None)
    return Rebuilt(
        platform_backup=str(manifest.id),
        platform_as_of=manifest.started_at,
        shops=sorted(shops, key=lambda shop: shop.slug),
    )


def _platforms_backup(backup_id: UUID | None) -> tuple[str, Manifest]:
    for location in folders_of_platform():
        if backup_id is not None and not location.endswith(backup_id.hex):
            continue
        try:
            return location, read_manifest(location)
        except BackupUnusable:
            if backup_id is not None:
                raise
    raise NoBackup("the platform")


def _is_under_way(connection: OwnerConnection, database: str, manifest: Manifest) -> bool:
    """Whether an earlier attempt has filled the platform's database: it is filled in one transaction, or empty.

    Errors: RebuildRefused when it is somebody's.
    """
    with owner_connection(PLATFORM_SERVER, database) as inside:
        row = inside.execute(TABLES).fetchone()
    if row is not None and row[0] == 0:
        return False
    if _marked(connection, database) != manifest.id:
        raise RebuildRefused(f"the database {database} is not empty; this command never overwrites a platform")
    return True


def _marked(connection: OwnerConnection, database: str) -> UUID | None:
    row = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", (database,)
    ).fetchone()
    comment = str(row[0]) if row and row[0] else ""
    return UUID(comment.removeprefix(MARK)) if comment.startswith(MARK) else None


def _mark(connection: OwnerConnection, database: str, comment: str | None) -> None:
    statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(statement.format(sql.Identifier(database), sql.Literal(comment)))


def _forget_the_old_servers() -> None:
    """Databases that the ledger knew on servers that are gone: spares, kept ones, those of restores and moves."""
    SpareDatabase.objects.exclude(state=SpareState.CLAIMED).delete()
    KeptDatabase.objects.all().delete()
    under_way = Restore.objects.filter(state=RestoreState.RUNNING)
    closed = Tenant.objects.filter(pk__in=under_way.filter(closed_shop=True).values("tenant"))
    closed.update(availability=TenantAvailability.OPEN)
    under_way.update(state=RestoreState.FAILED, error="the platform was rebuilt meanwhile")
    moves = Move.objects.filter(state=MoveState.RUNNING)
    Tenant.objects.filter(pk__in=moves.exclude(availability_before="").values("tenant")).update(
        availability=TenantAvailability.OPEN
    )
    moves.update(state=MoveState.FAILED, error="the platform was rebuilt meanwhile")


def _place(onto: str | None, region: str | None) -> None:
    if onto is not None:
        if onto not in settings.DATABASE_SERVERS:
            raise RebuildRefused(f"the settings know no server {onto}")
        if region is not None:
            DatabaseServer.objects.filter(key=onto).update(region=region)
        found = DatabaseServer.objects.get(key=onto).region
        bound = Tenant.objects.exclude(region__in=("", found)).order_by("slug").values_list("slug", "region").first()
        if bound is not None:
            raise RebuildRefused(
                f"the data of {bound[0]} may be in {bound[1]} only, and {onto} is in {found or 'no region'};"
                " --region says where a new server is"
            )
        Tenant.objects.exclude(server__key=onto).update(server=onto)
        directory.clear()
    unknown = sorted(
        set(Tenant.objects.values_list("server__key", flat=True).distinct()) - settings.DATABASE_SERVERS.keys()
    )
    if unknown:
        raise RebuildRefused(f"shops are on {', '.join(unknown)}, which the settings do not know; --onto moves them")


def _rebuild_shops(*, parallel: int, say: Say, tell: Tell) -> Iterator[RebuiltShop]:
    shops = Tenant.objects.exclude(status=TenantStatus.PENDING_SETUP).order_by("slug")
    newest = [(tenant, Backup.objects.of(tenant.pk).complete().first()) for tenant in shops]
    # The database of a shop that is closed for good may have been dropped, and its backups with it.
    work = [(tenant, backup) for tenant, backup in newest if backup or tenant.status != TenantStatus.CANCELLED]
    with ThreadPoolExecutor(max_workers=max(parallel, 1), thread_name_prefix="rebuild") as threads:
        running = {threads.submit(_in_thread, tenant, backup, tell): (tenant, backup) for tenant, backup in work}
        for number, done in enumerate(as_completed(running), start=1):
            tenant, backup = running[done]
            error = done.exception()
            if error is not None and not isinstance(error, Exception):
                raise error
            problem = str(error).strip().splitlines()[0] if error else ""
            as_of = backup.started_at if backup and not error else None
            say(f"{number} of {len(work)}: {tenant.slug} {problem or f'as of {as_of:%Y-%m-%d %H:%M} UTC'}")
            yield RebuiltShop(slug=tenant.slug, as_of=as_of, problem=problem)


def _in_thread(tenant: Tenant, backup: Backup | None, tell: Tell) -> None:
    try:
        if backup is None:
            raise NoBackup(tenant.slug)
        rebuild_shop(tenant, backup, tell=tell)
    finally:
        connections["default"].close()
