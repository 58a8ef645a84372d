"""The template: a migrated database without rows of any shop, which new shops are cloned from.

It is built aside and swapped in by renaming, so that cloning never meets a half-migrated one; while it rests nobody may
connect to it, because PostgreSQL refuses to clone a database that is in use.
"""

import hashlib
import importlib
import logging
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from psycopg import sql

from platform_core.fleet.catalogue import read_catalogue
from platform_core.fleet.databases import database_exists, drop_database, lock_down_database, rename_database
from platform_core.fleet.errors import TemplateBusy, TemplateMissing
from platform_core.fleet.migrate.script import SHOP_DATABASE_APPS, Script, as_json, leaves, recorded
from platform_core.fleet.migrate.shop import NOTE_VERSION, version_row
from platform_core.fleet.models import TemplateVersion
from platform_core.fleet.names import building_name, outdated_name, template_name
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.hooks import shop_hooks

BUILDING_WAIT_SECONDS = 120
WORK = "tenant template"

logger = logging.getLogger(__name__)


Say = Callable[[str], None]


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
        for path in sorted(_migrations_of(label), key=lambda path: path.name):
            digest.update(f"{label}/{path.name}\0".encode())
            digest.update(path.read_bytes())
            digest.update(b"\0")
    return digest.hexdigest()


def _migrations_of(label: str) -> list[Path]:
    module, _ = MigrationLoader.migrations_module(label)
    folders = importlib.import_module(str(module)).__path__
    return [path for folder in folders for path in Path(folder).glob("[0-9]*.py")]


def ensure_template(server: str, *, rebuild: bool = False, say: Say = silent) -> tuple[TemplateVersion, bool]:
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
            and current.script is not None
            and current.catalogue is not None
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
        script, catalogue = _migrate(server, template.database_name)
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
        template.script, template.catalogue = as_json(script), catalogue
        template.save(update_fields=["database_name", "is_current", "built_at", "script", "catalogue"])
    if outdated is not None:
        _drop_outdated(connection, outdated)
    return template


def _migrate(server: str, database: str) -> tuple[Script, dict[str, str]]:
    """The SQL that it took, which every shop behind gets, and what came of it, which every shop is compared with."""
    with owner_alias(server, database) as alias:
        connection = connections[alias]
        script = recorded(alias, leaves(MigrationLoader(None)))
        connection.close()
    # Frozen rows and fresh statistics are copied with the files: no new shop has to earn them again.
    with owner_connection(server, database) as owner:
        newest = [migration for migration in script if migration.name == shop_hooks.schema_version]
        for migration in newest:
            owner.execute(NOTE_VERSION, version_row(migration))
        owner.execute("VACUUM (FREEZE, ANALYZE)")
        return script, read_catalogue(owner)


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
