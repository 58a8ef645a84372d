"""An archive of an earlier release: its rows go into a database of the schema that they are of, which is then migrated.

Nobody is let in meanwhile, so it may take the seconds that making a schema from nothing takes.
"""

import psycopg
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from platform_core.fleet.copies.rows import triggers_at_rest
from platform_core.fleet.copies.tables import shop_tables
from platform_core.fleet.databases import drop_database_in_use
from platform_core.fleet.migrate.script import SHOP_APP, MigrationScript, on_disk
from platform_core.fleet.migrate.shop import NOTE_VERSION, Shop, version_row
from platform_core.fleet.provision.site import Site
from platform_core.fleet.restores.bring_up import bring_up_to_date
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.tenancy.connections import owner_alias

NEWEST = "SELECT max(name) FROM django_migrations WHERE app = %s"


def give_schema(site: Site, version: str) -> None:
    """Let the database that the run claimed have the schema as of `version`; it is made anew unless it has it.

    Safe to repeat after a kill: whatever is there under the name is this run's, and nobody was let into it.
    """
    server, database = site.tenant.server, site.tenant.database_name
    if _version_of(server, database) == version:
        return
    make_database_as_of(site.connection, server, database, version=version)


def make_database_as_of(connection: OwnerConnection, server: str, database: str, *, version: str) -> None:
    """Make `database`, in place of what may be there, with the shop's own migrations up to `version` and no further."""
    drop_database_in_use(connection, database)
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY wal_log").format(sql.Identifier(database))
    )
    with owner_alias(server, database) as alias:
        try:
            MigrationExecutor(connections[alias]).migrate(_targets(version))
        finally:
            connections[alias].close()
    with owner_connection(server, database) as inside:
        inside.execute(NOTE_VERSION, version_row(_migration(version)))


def bring_up(site: Site, changes: tuple[str, ...]) -> None:
    """Migrate what was filled to this release's schema, and make the `changes` that need it. Safe to repeat."""
    tenant = site.tenant
    shop = Shop(id=tenant.id, slug=tenant.slug, server=tenant.server, database=tenant.database_name)
    bring_up_to_date(shop)
    with (
        owner_connection(tenant.server, tenant.database_name) as connection,
        connection.transaction(),
        triggers_at_rest(connection, shop_tables(connection)),
    ):
        for statement in changes:
            connection.execute(statement)


def _version_of(server: str, database: str) -> str | None:
    """None of one that is not there, or was left half-made."""
    try:
        with owner_connection(server, database) as connection:
            row = connection.execute(NEWEST, (SHOP_APP,)).fetchone()
    except (psycopg.errors.UndefinedTable, psycopg.OperationalError):
        return None
    return str(row[0]) if row and row[0] else None


def _targets(version: str) -> list[tuple[str, str]]:
    """`version`, and of the other apps in a shop's database all that there is."""
    newest: dict[str, str] = {}
    for migration in on_disk():
        newest[migration.app] = migration.name
    return list({**newest, SHOP_APP: version}.items())


def _migration(version: str) -> MigrationScript:
    return next(found for found in on_disk() if (found.app, found.name) == (SHOP_APP, version))
