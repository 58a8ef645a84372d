"""One shop's database made from a backup where the shop has none."""

import psycopg

from platform_core.fleet.allot import allot
from platform_core.fleet.backups.media import media_of, put_media_back
from platform_core.fleet.backups.models import Backup
from platform_core.fleet.backups.store import Tell
from platform_core.fleet.databases import database_exists, rename_database
from platform_core.fleet.errors import DatabaseNameOccupied
from platform_core.fleet.migrate.shop import Shop
from platform_core.fleet.restores.bring_up import bring_up_to_date
from platform_core.fleet.restores.load import tried_out
from platform_core.fleet.restores.verify import manifest_of
from platform_core.fleet.servers import owner_connection
from platform_core.tenancy import directory
from platform_core.tenants.models import Tenant


def rebuild_shop(tenant: Tenant, backup: Backup, *, tell: Tell) -> None:
    """Make the database and the files of a shop from a backup, unless they are there already.

    The database gets the shop's name last: one of that name is whole. Errors: DatabaseNameOccupied when it is not this
    shop's; BackupUnusable, RestoreFailed.
    """
    server, database = str(tenant.server_id), tenant.database_name
    if not _is_there(tenant):
        manifest = manifest_of(backup)
        with tried_out(backup.location, manifest, server=server, tell=tell) as scratch:
            bring_up_to_date(Shop(id=tenant.pk, slug=tenant.slug, server=server, database=scratch))
            with owner_connection(server, scratch) as inside:
                inside.execute("UPDATE tenant_sentinel SET database_name = %s", (database,))
            put_media_back(directory.read_now(tenant.pk), media_of(backup.location, manifest), tell=tell)
            with owner_connection(server) as connection:
                rename_database(connection, scratch, database)
    allot(tenant)
    with owner_connection(server, database) as inside:
        row = inside.execute("SELECT max(name) FROM django_migrations WHERE app = 'tenant_shop'").fetchone()
    Tenant.objects.filter(pk=tenant.pk).update(schema_version=row[0] if row else "")
    directory.forget(tenant.pk)


def _is_there(tenant: Tenant) -> bool:
    server, database = str(tenant.server_id), tenant.database_name
    with owner_connection(server) as connection:
        if not database_exists(connection, database):
            return False
    try:
        with owner_connection(server, database) as inside:
            row = inside.execute("SELECT tenant_id FROM tenant_sentinel").fetchone()
    except psycopg.errors.UndefinedTable:
        row = None
    if row is None or row[0] != tenant.pk:
        raise DatabaseNameOccupied(server, database)
    return True
