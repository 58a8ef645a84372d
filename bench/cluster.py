"""The benchmark's own servers and shops: an embedded cluster with fsync on, and clones of one filled shop."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.hooks import shop_hooks
from smartseller import embedded
from smartseller.ids import uuid7

EMPTY_SHOP = f"{settings.DATABASE_PREFIX}bench_empty"
FILLED_SHOP = f"{settings.DATABASE_PREFIX}bench_filled"
FILL = Path(__file__).with_name("fill.sql")
PRODUCTS = 240
# More shops than any run asks for: the server never says that it is full.
ROOM = 100_000


@dataclass(frozen=True, kw_only=True)
class Shop:
    """A shop of the benchmark. `host` is what a browser would send."""

    id: UUID
    slug: str
    database: str

    @property
    def host(self) -> str:
        return f"{self.slug}.{settings.PLATFORM_DOMAIN}"


def superuser(database: str = "postgres") -> "psycopg.Connection[Any]":
    """An autocommit connection past every rule."""
    assert settings.EMBEDDED is not None, "the benchmark runs on its own cluster: unset DATABASE_URL"
    return psycopg.connect(settings.EMBEDDED.conninfo(embedded.SUPERUSER, database), autocommit=True)


@contextmanager
def cluster() -> Iterator[None]:
    """The servers, with the platform migrated and one empty and one filled shop to clone; stopped afterwards."""
    assert settings.EMBEDDED is not None, "the benchmark runs on its own cluster: unset DATABASE_URL"
    assert settings.EMBEDDED.durable, "without fsync the figures would flatter: unset SMARTSELLER_EMBEDDED_DURABLE"
    embedded.ensure_running(settings.EMBEDDED)
    try:
        call_command("migrate", database="owner", verbosity=0)
        apps.get_model("platform_core", "DatabaseServer").objects.update_or_create(
            key="primary", defaults={"capacity": ROOM}
        )
        with superuser() as connection:
            if not _exists(connection, EMPTY_SHOP):
                _make_empty_shop(connection)
            if not _exists(connection, FILLED_SHOP):
                clone(connection, EMPTY_SHOP, FILLED_SHOP)
                with superuser(FILLED_SHOP) as shop:
                    shop.execute(FILL.read_text())
                    shop.execute("VACUUM ANALYZE")
        yield
    finally:
        connections.close_all()
        embedded.stop_if_unused(settings.EMBEDDED)


def _exists(connection: "psycopg.Connection[Any]", name: str) -> bool:
    return connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def _make_empty_shop(connection: "psycopg.Connection[Any]") -> None:
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(EMPTY_SHOP), sql.Identifier(settings.DATABASE_OWNER_ROLE)
        )
    )
    with owner_alias("primary", EMPTY_SHOP) as alias:
        for app_label in ("tenant_shop", "sessions"):
            call_command("migrate", app_label, database=alias, verbosity=0)


def clone(connection: "psycopg.Connection[Any]", model: str, name: str) -> None:
    """A copy of the database `model`, opened to the role that serves requests."""
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


def shops(wanted: int) -> list[Shop]:
    """`wanted` open shops with 240 products each; what an earlier measurement made is used again."""
    tenants = apps.get_model("platform_core", "Tenant")
    found: list[Shop] = []
    for number in range(wanted):
        slug = f"bench-{number:03}"
        tenant = tenants.objects.filter(slug=slug).first()
        if tenant is None:
            found.append(make_shop(slug, model=FILLED_SHOP))
        else:
            found.append(Shop(id=tenant.id, slug=slug, database=tenant.database_name))
    with superuser() as connection:
        connection.execute("CHECKPOINT")
    return found


def make_shop(slug: str, *, model: str) -> Shop:
    """An open shop whose database is a clone of `model`."""
    database = settings.DATABASE_PREFIX + slug.replace("-", "_")
    with superuser() as connection:
        clone(connection, model, database)
    tenant = apps.get_model("platform_core", "Tenant").objects.create(
        id=uuid7(), slug=slug, **row_of_shop(slug, database)
    )
    with superuser(database) as shop:
        shop.execute("INSERT INTO tenant_sentinel (tenant_id, database_name) VALUES (%s, %s)", (tenant.id, database))
    return Shop(id=tenant.id, slug=slug, database=database)


def row_of_shop(slug: str, database: str) -> dict[str, object]:
    """What an open shop of the benchmark is to the platform."""
    return {
        "server_id": "primary",
        "name": slug,
        "subdomain": slug,
        "status": "active",
        "plan_type": "premium",
        "database_name": database,
        "contact_email": f"owner@{slug}.example",
        "currency": "EUR",
        "timezone": "UTC",
        "country": "DE",
        "schema_version": shop_hooks.schema_version,
    }


def settle() -> None:
    """Let the server write out what earlier measurements left, so that it does not meet the next one."""
    with superuser() as connection:
        connection.execute("CHECKPOINT")
    time.sleep(0.5)
