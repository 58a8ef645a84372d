"""The databases of one test worker: cloned from models that the first worker migrates."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from platform_core.tenancy import directory
from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.postgresql.base import pool
from smartseller import embedded

PLATFORM_MODEL = "smartseller_model_platform"
SHOP_MODEL = "smartseller_model_shop"
PREFIX = settings.DATABASE_PREFIX
PLATFORM = f"{PREFIX}platform"
TEMPLATE = f"{PREFIX}tenant_template"
# Rows that migrations write and every test may count on.
KEPT_TABLES = {"tenant_plans", "schema_versions", "django_migrations", "django_content_type", "auth_permission"}


def owner(database: str = "postgres") -> "psycopg.Connection[Any]":
    """An autocommit connection as superuser of the test cluster."""
    assert settings.EMBEDDED is not None, "the suite runs on the embedded cluster: unset DATABASE_URL"
    return psycopg.connect(settings.EMBEDDED.conninfo(embedded.SUPERUSER, database), autocommit=True)


def _clone(connection: "psycopg.Connection[Any]", model: str, name: str) -> None:
    for statement in (
        "CREATE DATABASE {name} TEMPLATE {model} OWNER {owner}",
        "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {name} TO {app}",
    ):
        connection.execute(
            sql.SQL(statement).format(
                name=sql.Identifier(name),
                model=sql.Identifier(model),
                owner=sql.Identifier(settings.DATABASE_OWNER_ROLE),
                app=sql.Identifier(settings.DATABASE_APP_ROLE),
            )
        )


def prepare() -> "WorkerDatabases":
    """Start the cluster, migrate the models unless another worker did, clone them for this worker."""
    assert settings.EMBEDDED is not None
    embedded.ensure_running(settings.EMBEDDED)
    with open(settings.EMBEDDED.data_dir / "models.lock", "w") as lock, owner() as connection:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if SHOP_MODEL not in found:
            _make_models(connection)
            found = {PLATFORM}
        for name, model in ((PLATFORM, PLATFORM_MODEL), (TEMPLATE, SHOP_MODEL)):
            if name not in found:
                _clone(connection, model, name)
    databases = WorkerDatabases()
    databases.clean()
    return databases


def _make_models(connection: "psycopg.Connection[Any]") -> None:
    owner_role = sql.Identifier(settings.DATABASE_OWNER_ROLE)
    for name in (PLATFORM, SHOP_MODEL):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), owner_role))
    app = sql.Identifier(settings.DATABASE_APP_ROLE)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(PLATFORM), app))
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
    connections["default"].close()
    with owner_alias("primary", SHOP_MODEL) as alias:
        for app_label in ("tenant_shop", "sessions"):
            call_command("migrate", app_label, database=alias, verbosity=0)
    _clone(connection, PLATFORM, PLATFORM_MODEL)


@dataclass
class WorkerDatabases:
    """Makes shops and cleans up. Everything is committed: other threads and processes see it."""

    shops: list[str] = field(default_factory=list)

    def make_shop(self, slug: str = "acme", *, seed: bool = True, **values: Any) -> TenantInfo:
        """An open shop whose database is cloned from the template; `values` override columns of `tenants`."""
        row = {
            "name": slug.replace("-", " ").title(),
            "subdomain": slug,
            "status": "active",
            "plan_type": "premium",
            "database_name": f"{PREFIX}{slug.replace('-', '_')}",
            "contact_email": f"owner@{slug}.example",
            "currency": "EUR",
            "timezone": "Europe/Berlin",
            "country": "DE",
            "schema_version": shop_hooks.schema_version,
            **values,
        }
        server = apps.get_model("platform_core", "DatabaseServer").objects.get(key="primary")
        tenant = apps.get_model("platform_core", "Tenant").objects.create(slug=slug, server=server, **row)
        with owner() as connection:
            _clone(connection, TEMPLATE, row["database_name"])
        self.shops.append(row["database_name"])
        self.write_sentinel(row["database_name"], tenant.id)
        directory.clear()
        return directory.by_id(tenant.id)

    @staticmethod
    def write_sentinel(database: str, tenant_id: UUID) -> None:
        with owner(database) as connection:
            connection.execute("DELETE FROM tenant_sentinel")
            connection.execute(
                "INSERT INTO tenant_sentinel (tenant_id, database_name) VALUES (%s, %s)", (tenant_id, database)
            )

    def clean(self) -> None:
        """Drop every database of this worker but its platform and template, and empty the platform's tables."""
        pool().forget("")
        directory.clear()
        connections["default"].close()
        with owner() as connection:
            names = [
                row[0]
                for row in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{PREFIX}%",))
                if row[0] not in (PLATFORM, TEMPLATE)
            ]
            for name in names:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        self.shops.clear()
        with owner(PLATFORM) as connection:
            tables = [
                row[0]
                for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
                if row[0] not in KEPT_TABLES
            ]
            # The tables are nearly empty, so deleting is quicker than truncating; a replica checks no keys.
            connection.execute("SET session_replication_role = replica")
            connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(t)) for t in tables))
        apps.get_model("platform_core", "DatabaseServer").objects.create(key="primary", region="local", capacity=1000)

    @staticmethod
    def update_tenant(slug: str, **values: Any) -> None:
        """Change a shop's row behind the directory's back."""
        apps.get_model("platform_core", "Tenant").objects.filter(slug=slug).update(**values)

    @contextmanager
    def unreachable(self, shop: TenantInfo) -> Iterator[None]:
        """The shop's database refuses every connection, open ones included, for as long as the block lasts."""
        name = sql.Identifier(shop.database_name)
        with owner() as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
                (shop.database_name,),
            )
            try:
                yield
            finally:
                connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
