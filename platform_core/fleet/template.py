"""The template: a migrated database without rows of any shop, which new shops are cloned from.

It is built aside and swapped in by renaming, so that cloning never meets a half-migrated one; while it rests nobody may
connect to it, because PostgreSQL refuses to clone a database that is in use.
"""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.apps import apps
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from psycopg import sql

from platform_core.fleet.databases import database_exists, drop_database, lock_down_database, rename_database
from platform_core.fleet.errors import TemplateBusy, TemplateMissing
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.names import building_name, outdated_name, template_name
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.hooks import shop_hooks

# A visitor's session lives in the shop's database.
SHOP_DATABASE_APPS = ("tenant_shop", "sessions")
BUILDING_WAIT_SECONDS = 120
WORK = "tenant template"

logger = logging.getLogger(__name__)


def silent(line: str) -> None:
    """For callers that tell nobody."""


def current_template(server: str) -> TemplateVersion:
    """The template that shops on `server` are cloned from. Errors: TemplateMissing."""
    template = TemplateVersion.objects.filter(server__key=server, is_current=True).first()
    if template is None:
        raise TemplateMissing(server, template_name())
    return template


def schema_digest() -> str:
    """SHA-256 over the migrations of a shop's database, their text included, in hexadecimal."""
    digest = hashlib.sha256()
    for label in SHOP_DATABASE_APPS:
        folder = Path(apps.get_app_config(label).path) / "migrations"
        for path in sorted(folder.glob("[0-9]*.py")):
            digest.update(f"{label}/{path.name}\0".encode())
            digest.update(path.read_bytes())
            digest.update(b"\0")
    return digest.hexdigest()


def ensure_template(
    server: str, *, rebuild: bool = False, say: Callable[[str], None] = silent
) -> tuple[TemplateVersion, bool]:
    """The current template of `server`, and whether it was built now: only when the migrations changed, or on demand.

    `say` gets a line before the work, which takes some seconds.
    A kill at any moment leaves the earlier template in use; what was half-built is dropped by the reconciler.
    Errors: FleetBusy while another process builds; TemplateBusy when the earlier one cannot make room.
    """
    digest = schema_digest()
    with owner_connection(server) as connection, only_one(connection, WORK, wait_seconds=BUILDING_WAIT_SECONDS):
        current = TemplateVersion.objects.filter(server__key=server, is_current=True).first()
        if (
            not rebuild
            and current is not None
            and current.schema_digest == digest
            and database_exists(connection, current.database_name)
        ):
            return current, False
        say(f"building the template {template_name()} on {server}")
        return _build(connection, server, digest), True


def _build(connection: OwnerConnection, server: str, digest: str) -> TemplateVersion:
    template = TemplateVersion.objects.create(
        server_id=server, version=shop_hooks.schema_version, database_name=building_name(), schema_digest=digest
    )
    name = sql.Identifier(template.database_name)
    try:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 STRATEGY wal_log").format(name))
        lock_down_database(connection, template.database_name)
        _migrate(server, template.database_name)
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        outdated = _swap(connection, server, template.database_name)
    except BaseException:
        drop_database(connection, template.database_name)
        template.delete()
        raise
    with transaction.atomic():
        earlier = TemplateVersion.objects.filter(server__key=server, is_current=True)
        earlier.update(is_current=False, database_name=outdated or template_name())
        template.database_name = template_name()
        template.is_current = True
        template.built_at = timezone.now()
        template.save(update_fields=["database_name", "is_current", "built_at"])
    if outdated is not None:
        _drop_outdated(connection, outdated)
    return template


def _migrate(server: str, database: str) -> None:
    with owner_alias(server, database) as alias:
        executor = MigrationExecutor(connections[alias])
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] in SHOP_DATABASE_APPS])
        connections[alias].close()
    # Frozen rows and fresh statistics are copied with the files: no new shop has to earn them again.
    with owner_connection(server, database) as connection:
        connection.execute("VACUUM (FREEZE, ANALYZE)")


def _swap(connection: OwnerConnection, server: str, built: str) -> str | None:
    """Give `built` the template's name in one transaction; the name that the earlier template has now, if any."""
    outdated = outdated_name() if database_exists(connection, template_name()) else None
    try:
        with connection.transaction():
            if outdated is not None:
                rename_database(connection, template_name(), outdated)
            rename_database(connection, built, template_name())
    except psycopg.errors.ObjectInUse:
        raise TemplateBusy(server, template_name()) from None
    return outdated


def _drop_outdated(connection: OwnerConnection, name: str) -> None:
    try:
        drop_database(connection, name)
    except psycopg.errors.ObjectInUse:
        logger.info("the earlier template %s is still in use; the reconciler drops it later", name)
