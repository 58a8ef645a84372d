"""One shop for each of these modules, emptied after each test: they try what its database does by itself."""

from collections.abc import Iterator

import pytest
from psycopg import sql

from platform_core.tenancy.context import TenantInfo, tenant_context
from tests.databases import WorkerDatabases, owner

KEPT_TABLES = {"settings", "schema_versions", "tenant_sentinel", "django_migrations"}


@pytest.fixture(scope="module")
def shop_of_module(worker_databases: WorkerDatabases) -> Iterator[TenantInfo]:
    try:
        yield worker_databases.make_shop("schema")
    finally:
        worker_databases.clean()


@pytest.fixture
def shop(shop_of_module: TenantInfo) -> Iterator[TenantInfo]:
    """An open shop without rows, with the test running inside it; its commits are real."""
    with tenant_context(shop_of_module):
        yield shop_of_module
    with owner(shop_of_module.database_name) as connection:
        tables = [
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            if row[0] not in KEPT_TABLES
        ]
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        connection.execute("""UPDATE settings SET value = '"UTC"' WHERE key = 'timezone'""")
