"""The database wrapper of a shop: borrowed connections, and the second lock on every new one."""

from functools import cache
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.base import Cursor
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from platform_core.tenancy.context import TenantInfo, active_tenant
from platform_core.tenancy.errors import NoTenant, WrongDatabase, WrongTenant
from platform_core.tenancy.postgresql.pool import ConnectionPool, RawConnection

OLDEST_SERVER = 15_00_00
# Session state that outlives a transaction and would meet the next borrower.
LEAVES_TRACES = ("SET ", "LISTEN", "PREPARE", "DECLARE", "CREATE TEMP", "LOCK", "RESET")


@cache
def pool() -> ConnectionPool:
    """This process's pool."""
    return ConnectionPool(settings.TENANT_CONNECTIONS_MAX, settings.TENANT_CONNECTIONS_WAIT)


class TracingCursor(Cursor):
    """Remembers when a statement changed the session, so that the connection is reset before its next use."""

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(query, str) and _leaves_traces(query):
            self.connection.session_changed = True  # type: ignore[attr-defined]
        return super().execute(query, *args, **kwargs)  # type: ignore[misc]


def _leaves_traces(query: str) -> bool:
    start = query[:16].lstrip().upper()
    if start.startswith(LEAVES_TRACES):
        return not start.startswith(("SET LOCAL", "SET CONSTRAINTS", "SET TRANSACTION"))
    return "set_config(" in query or "pg_advisory_lock" in query


class DatabaseWrapper(PostgresWrapper):
    """The PostgreSQL wrapper of one shop in one thread.

    Works only while its shop is the active one, even for code that kept a reference to it. Connections come from the
    process's pool and go back to it on `close()`.
    """

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        tenant = self._own_tenant()
        self._comment = f" /* shop:{tenant.slug} */"
        self.execute_wrappers.append(self._name_the_shop)

    def _own_tenant(self) -> TenantInfo:
        tenant = active_tenant()
        if tenant is None:
            raise NoTenant(self.alias)
        if tenant.alias != self.alias:
            raise WrongTenant(self.alias, tenant.alias)
        return tenant

    def _name_the_shop(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        return execute(sql + self._comment if isinstance(sql, str) else sql, params, many, context)

    def _cursor(self, name: str | None = None) -> Any:
        self._own_tenant()
        return super()._cursor(name)  # type: ignore[misc]

    def get_new_connection(self, conn_params: dict[str, Any]) -> RawConnection:
        tenant = self._own_tenant()
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        return pool().lease(self.alias, lambda: self._open(tenant, conn_params))

    def _open(self, tenant: TenantInfo, conn_params: dict[str, Any]) -> RawConnection:
        """A new physical connection, proven to lead to the shop's own database."""
        connection: RawConnection = psycopg.connect(**{**conn_params, "cursor_factory": TracingCursor}, autocommit=True)
        try:
            if connection.info.server_version < OLDEST_SERVER:
                raise ImproperlyConfigured(f"PostgreSQL {connection.info.server_version} is older than 15.")
            row = connection.execute("SELECT current_database(), (SELECT tenant_id FROM tenant_sentinel)").fetchone()
            if row != (tenant.database_name, tenant.id):
                raise WrongDatabase(tenant.slug, f"{tenant.database_name}/{tenant.id}", _describe(row))
            connection.session_changed = False  # type: ignore[attr-defined]
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_autocommit(self, autocommit: bool) -> None:  # noqa: FBT001
        if self.connection.autocommit != autocommit:
            super()._set_autocommit(autocommit)  # type: ignore[misc]

    def init_connection_state(self) -> None:
        """Only the time zone: the server's version was checked when the connection was opened."""
        self._configure_connection(self.connection)  # type: ignore[attr-defined]
        self.connection.session_changed = False

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            self.connection.session_changed = True
        return super().create_cursor(name)

    def _close(self) -> None:
        if self.connection is not None:
            pool().give_back(self.alias, self.connection, reset=self.connection.session_changed)


def _describe(row: tuple[object, ...] | None) -> str:
    database, tenant_id = row or (None, None)
    return f"{database}/{tenant_id if isinstance(tenant_id, UUID) else 'no sentinel'}"
