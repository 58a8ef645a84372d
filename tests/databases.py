"""The databases of one test worker: cloned from models that the first worker migrates."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.pq import TransactionStatus
from psycopg.types.json import Json

from platform_core.fleet.allot import give_allotment
from platform_core.plans.allotments import allotment_of
from platform_core.tenancy import announcements, directory
from platform_core.tenancy.connections import owner_alias
from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.postgresql.base import pool
from smartseller import embedded
from tests import kept_cluster

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


kept_connections: dict[str, "psycopg.Connection[Any]"] = {}


def kept_owner(database: str = "postgres") -> "psycopg.Connection[Any]":
    """As `owner`, kept open from test to test: what PostgreSQL looked up once it need not look up again."""
    connection = kept_connections.get(database)
    if connection is not None:
        try:
            connection.execute("")
        except psycopg.OperationalError:
            connection = None  # a test ended the session
    if connection is None:
        connection = kept_connections[database] = owner(database)
    return connection


def drop_database(database: str) -> None:
    """Drop it, whoever is connected."""
    if (connection := kept_connections.pop(database, None)) is not None:
        connection.close()
    kept_owner().execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def _clone(connection: "psycopg.Connection[Any]", model: str, name: str) -> None:
    for statement in (
        # Written to the log it would be written twice; nobody replays it.
        "CREATE DATABASE {name} TEMPLATE {model} OWNER {owner} STRATEGY file_copy",
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
    folder = settings.EMBEDDED.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "models.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept_cluster.lay_out(settings.EMBEDDED)
        embedded.ensure_running(settings.EMBEDDED)
        if SHOP_MODEL not in _databases():
            with owner() as connection:
                # It would look after a hundred databases that live for a second.
                connection.execute("ALTER SYSTEM SET autovacuum = off")
                _make_models(connection)
            kept_cluster.keep(settings.EMBEDDED)
        clone_models()
    _hear_other_processes()
    databases = WorkerDatabases()
    databases.clean()
    return databases


def clone_models() -> None:
    """This worker's platform and template, unless they are there."""
    with owner() as connection:
        for name, model in ((PLATFORM, PLATFORM_MODEL), (TEMPLATE, SHOP_MODEL)):
            if name not in _databases():
                _clone(connection, model, name)


def _hear_other_processes() -> None:
    """The listener forgets all shops when it begins to hear: before the first test, not in the middle of it."""
    hearing = threading.Event()

    def began_to_hear() -> None:
        directory.clear()
        hearing.set()

    announcements.listen(directory.drop, began_to_hear)
    assert hearing.wait(60), "the cluster's Redis does not answer"


def _databases() -> set[str]:
    with owner() as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def _make_models(connection: "psycopg.Connection[Any]") -> None:
    owner_role = sql.Identifier(settings.DATABASE_OWNER_ROLE)
    for name in (PLATFORM, SHOP_MODEL):
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), owner_role))
    app = sql.Identifier(settings.DATABASE_APP_ROLE)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(PLATFORM)))
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(PLATFORM), app))
    call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()
    connections["default"].close()
    with owner_alias("primary", SHOP_MODEL) as alias:
        for app_label in ("tenant_shop", "sessions"):
            call_command("migrate", app_label, database=alias, verbosity=0)
    _clone(connection, PLATFORM, PLATFORM_MODEL)


# Beyond this many bytes of what tests left, looking through a table costs more than sweeping it out.
SWEPT_FROM = 64 * 1024
TABLES = """
SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""


def _delete_rows(connection: "psycopg.Connection[Any]", kept: set[str]) -> None:
    """Empty every table but `kept`; quicker than truncating when they hold little. A replica checks no keys.

    Deleted rows stay in the file, and nobody vacuums: a table that many tests have filled is swept out here.
    """
    sizes = {name: size for name, size in connection.execute(TABLES) if name not in kept}
    connection.execute("SET session_replication_role = replica; SET lock_timeout = '2s'")
    connection.execute(sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in sizes))
    for name in (name for name, size in sizes.items() if size > SWEPT_FROM):
        connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))


# What a test may have changed besides rows: tables, columns, rights, triggers, constraints, functions. By their names:
# a template that a test has built anew has the same ones, made in another order.
SHAPE = """
SELECT (SELECT md5(string_agg(concat(relname, relkind, relnatts, relacl), ',' ORDER BY relname)) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace),
       (SELECT count(*) FROM pg_attribute WHERE NOT attisdropped),
       (SELECT md5(string_agg(concat(tgrelid::regclass, tgname), ',' ORDER BY tgrelid::regclass::text, tgname))
        FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT count(*) FILTER (WHERE tgenabled = 'O') FROM pg_trigger),
       (SELECT count(*) FROM pg_constraint),
       (SELECT md5(string_agg(concat(proname, prosrc), ',' ORDER BY proname, prosrc)) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace),
       (SELECT datallowconn FROM pg_database WHERE datname = current_database())
"""


# Tables with rows that every shop starts with.
STARTING = ("settings", "pages")


@cache
def _template() -> tuple[Any, dict[str, Any]]:
    """The shape of the tenant template, and its starting rows as JSON, by table."""
    with owner(TEMPLATE) as connection:
        shape = connection.execute(SHAPE).fetchone()
        rows = {
            table: connection.execute(
                sql.SQL("SELECT json_agg({0}) FROM {0}").format(sql.Identifier(table))
            ).fetchone()[0]
            for table in STARTING
        }
    return shape, rows


def reset_shop(name: str) -> bool:
    """Bring a shop's database back to what the template is; false when a test changed more than rows."""
    shape, rows = _template()
    try:
        connection = kept_owner(name)
        if connection.execute(SHAPE).fetchone() != shape:
            return False
        _delete_rows(connection, {"schema_versions", "django_migrations"})
        for table in STARTING:
            again = sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s)")
            connection.execute(again.format(sql.Identifier(table)), (Json(rows[table]),))
    except psycopg.OperationalError:
        return False  # it lets nobody in, or somebody still holds a row
    return True


def _close_unless_at_rest() -> None:
    """What a session of the platform's database looked up it keeps, too, unless a test left something open in it."""
    wrapper = connections["default"]
    at_rest = wrapper.connection is not None and wrapper.connection.info.transaction_status == TransactionStatus.IDLE
    if not at_rest or wrapper.in_atomic_block or wrapper.needs_rollback or not wrapper.get_autocommit():
        wrapper.close()


def _remembered(name: str) -> str:
    """Outside of the prefix, so that it stays from test to test."""
    return f"remembered_{name}_{PREFIX}".rstrip("_")


@dataclass
class WorkerDatabases:
    """Makes shops and cleans up. Everything is committed: other threads and processes see it."""

    # By database, the alias of its shop.
    shops: dict[str, str] = field(default_factory=dict)
    resting: list[str] = field(default_factory=list)
    # What the fleet calls a shop's database. Else a name outside of the prefix, which any later shop can have again.
    named_by_slug: bool = False
    remembered: set[str] = field(default_factory=set)

    def remember(self, shop: TenantInfo, name: str) -> None:
        """Keep the shop's database as it is now, for later tests to start with: `make_shop(like=name)`."""
        pool().forget("")
        if (connection := kept_connections.pop(shop.database_name, None)) is not None:
            connection.close()
        # The web process of an earlier test may not have let go of it.
        kept_owner().execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (shop.database_name,)
        )
        _clone(kept_owner(), shop.database_name, _remembered(name))
        self.remembered.add(name)

    def make_shop(self, slug: str = "acme", *, like: str = "", **values: Any) -> TenantInfo:
        """An open shop whose database is cloned from the template, or from what was remembered as `like`; `values`
        override columns of `tenants`.
        """
        row = {
            "name": slug.replace("-", " ").title(),
            "subdomain": slug,
            "status": "active",
            "plan_type": "premium",
            "database_name": self._database_for(slug),
            "contact_email": f"owner@{slug}.example",
            "currency": "EUR",
            "timezone": "Europe/Berlin",
            "country": "DE",
            "schema_version": shop_hooks.schema_version,
            **values,
        }
        server = apps.get_model("platform_core", "DatabaseServer").objects.get(key="primary")
        tenant = apps.get_model("platform_core", "Tenant").objects.create(slug=slug, server=server, **row)
        rests = row["database_name"] in self.resting
        if rests:
            self.resting.remove(row["database_name"])
        if rests and like:
            drop_database(row["database_name"])
        if like or not rests:
            _clone(kept_owner(), _remembered(like) if like else TEMPLATE, row["database_name"])
        give_allotment(kept_owner(), row["database_name"], allotment_of(row["plan_type"]))
        self.write_sentinel(row["database_name"], tenant.id)
        directory.clear()
        shop = directory.by_id(tenant.id)
        self.shops[shop.database_name] = shop.alias
        if (warm := pool().lease_resting(shop.database_name)) is not None:
            pool().give_back(shop.alias, warm)
        return shop

    def _database_for(self, slug: str) -> str:
        if self.named_by_slug:
            return f"{PREFIX}{slug.replace('-', '_')}"
        return self.resting[-1] if self.resting else f"resting_{uuid4().hex}"

    @staticmethod
    def write_sentinel(database: str, tenant_id: UUID) -> None:
        # A session that stays would be in the way where the fleet renames and drops.
        with owner(database) if database.startswith(PREFIX) else nullcontext(kept_owner(database)) as connection:
            connection.execute("DELETE FROM tenant_sentinel")
            connection.execute(
                "INSERT INTO tenant_sentinel (tenant_id, database_name) VALUES (%s, %s)", (tenant_id, database)
            )

    def clean(self) -> None:
        """Empty the platform, lay its shops aside for the next test, and drop every other database of this worker."""
        # What a session looked up once it need not look up again: the next shop with this database has it.
        warm = {name: pool().lease_resting(alias) for name, alias in self.shops.items()}
        pool().forget("")
        directory.clear()
        _close_unless_at_rest()
        like = f"{PREFIX}%"
        found = kept_owner().execute("SELECT datname FROM pg_database WHERE datname LIKE %s", (like,)).fetchall()
        for (name,) in found:
            if name not in (PLATFORM, TEMPLATE):
                drop_database(name)
        for name, connection in warm.items():
            if connection is not None:
                connection.wrapper = None  # an earlier shop's
                pool().give_back(name, connection)
            if name.startswith(PREFIX):
                pool().forget(name)
            elif reset_shop(name):
                self.resting.append(name)
            else:
                pool().forget(name)
                drop_database(name)
        self.shops.clear()
        self.named_by_slug = False
        _delete_rows(kept_owner(PLATFORM), KEPT_TABLES)
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
