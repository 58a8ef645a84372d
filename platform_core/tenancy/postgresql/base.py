"""The database wrapper of a shop: borrowed connections, and the second lock on every new one."""

import re
from functools import cache
from threading import get_ident
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.base import Cursor, ServerSideCursor
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper

from platform_core.tenancy.awake import wake
from platform_core.tenancy.context import TenantInfo, active_tenant
from platform_core.tenancy.errors import NoTenant, SessionStateRefused, WrongDatabase, WrongTenant
from platform_core.tenancy.postgresql.connection import ShopConnection
from platform_core.tenancy.postgresql.pool import ConnectionPool
from platform_core.tenancy.postgresql.slow import note_if_slow

OLDEST_SERVER = 15_00_00
# Session state that outlives a transaction and would meet the next borrower.
LEAVES_TRACES = ("SET ", "LISTEN", "PREPARE", "DECLARE", "CREATE TEMP", "RESET")
SET_FOR_TRANSACTION = re.compile(r"set_config\([^()]*,\s*true\s*\)", re.IGNORECASE)
# Django's own: PgBouncer keeps each client's time zone apart.
TRACKED = "SELECT set_config('TimeZone'"
# Statements that change rows; what a function or a WITH changes is found within the hour.
CHANGES = ("INSERT", "UPDATE", "DELETE")
# The thread of a wrapper that rests: none has this number.
NOBODY = 0


@cache
def pool() -> ConnectionPool:
    """This process's pool."""
    return ConnectionPool(settings.TENANT_CONNECTIONS_MAX, settings.TENANT_CONNECTIONS_WAIT)


class Tracing:
    """Names the shop in every statement, and remembers when one changed the session, so that it is reset.

    Behind PgBouncer a reset could reach another session than the changed one, so the change is refused.
    Errors: SessionStateRefused.
    """

    connection: ShopConnection

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        started = perf_counter()
        try:
            result = super().execute(self._traced(query), *args, **kwargs)  # type: ignore[misc]
        finally:
            note_if_slow(started, query, "shop")
        if self.connection.told:
            self.connection.pass_on()
        # Our own begin with an empty line.
        if isinstance(query, str) and query.lstrip().startswith(CHANGES) and self.rowcount > 0:  # type: ignore[attr-defined]
            self._wake()
        return result

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        started = perf_counter()
        try:
            result = super().executemany(self._traced(query), *args, **kwargs)  # type: ignore[misc]
        finally:
            note_if_slow(started, query, "shop")
        if self.connection.told:
            self.connection.pass_on()
        return result

    @staticmethod
    def _wake() -> None:
        tenant = active_tenant()
        if tenant is not None:
            wake(tenant.id)

    def _traced(self, query: Any) -> Any:
        if not isinstance(query, str):
            return query
        if _leaves_traces(query):
            if settings.DATABASE_BEHIND_PGBOUNCER and not query.startswith(TRACKED):
                raise SessionStateRefused(query[:60])
            self.connection.session_changed = True
        return query + self.connection.comment


class TracingCursor(Tracing, Cursor):
    """A cursor on the client."""


class TracingServerCursor(Tracing, ServerSideCursor):
    """A cursor on the server, which fetches a part at a time."""


def _leaves_traces(query: str) -> bool:
    start = query[:16].lstrip().upper()
    if start.startswith(LEAVES_TRACES):
        return not start.startswith(("SET LOCAL", "SET CONSTRAINTS", "SET TRANSACTION"))
    if "set_config(" in query:
        return query.count("set_config(") != len(SET_FOR_TRANSACTION.findall(query))
    return "advisory_lock" in query  # pg_advisory_xact_lock ends with its transaction


class DatabaseWrapper(PostgresWrapper):
    """The PostgreSQL wrapper of one shop in one thread.

    Works only while its shop is the active one, even for code that kept a reference to it. Connections come from the
    process's pool and go back to it on `close()`.
    """

    def __init__(self, settings_dict: dict[str, Any], alias: str) -> None:
        super().__init__(settings_dict, alias)
        self._own_tenant()

    def _own_tenant(self) -> TenantInfo:
        tenant = active_tenant()
        if tenant is None:
            raise NoTenant(self.alias)
        if tenant.alias != self.alias:
            raise WrongTenant(self.alias, tenant.alias)
        return tenant

    def _cursor(self, name: str | None = None) -> Any:
        self._own_tenant()
        if self._thread_ident != get_ident():
            self.validate_thread_sharing()
        return super()._cursor(name)  # type: ignore[misc]

    @classmethod
    def woken(cls, tenant: TenantInfo) -> "DatabaseWrapper | None":
        """A wrapper of `tenant`, the active shop, that rests in the pool with its connection; None without one."""
        connection = pool().lease_resting(tenant.alias)
        if connection is None:
            return None
        wrapper = connection.wrapper
        if wrapper is None:
            pool().give_back(tenant.alias, connection)
            return None
        connection.wrapper = None
        connection.comment = _comment_of(tenant)
        wrapper.connection = connection
        wrapper._thread_ident = get_ident()
        return wrapper

    def rest(self) -> None:
        """End a visit: the connection goes back to the pool, and this wrapper with it when nothing of the visit clings.

        At rest it belongs to no thread: whoever kept a reference cannot use it until this thread meets it again.
        """
        connection = self.connection
        if connection is not None:
            connection.pass_on()
        if connection is None or not self._is_as_new():
            self.in_atomic_block = False  # what a block left open is rolled back by the pool
            self.close()
            return
        self.connection = None
        self._thread_ident = NOBODY
        connection.wrapper = self
        pool().give_back(self.alias, connection)

    def _is_as_new(self) -> bool:
        return (
            self.autocommit
            and not self.in_atomic_block
            and not self.closed_in_transaction
            and not self.needs_rollback
            and self.rollback_exc is None  # type: ignore[attr-defined]
            and not self.errors_occurred
            and not self.run_on_commit
            and not self.run_commit_hooks_on_set_autocommit_on
            and not self.execute_wrappers
            and not self.force_debug_cursor
            and not self.queries_log
            and not self.allow_thread_sharing
        )

    def get_new_connection(self, conn_params: dict[str, Any]) -> ShopConnection:
        tenant = self._own_tenant()
        self.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        connection = pool().lease(self.alias, lambda: self._open(tenant, conn_params))
        connection.comment = _comment_of(tenant)
        connection.wrapper = None  # an earlier visitor's, which believes what was true then
        return connection

    def _open(self, tenant: TenantInfo, conn_params: dict[str, Any]) -> ShopConnection:
        """A new physical connection, proven to lead to the shop's own database."""
        connection: ShopConnection = ShopConnection.connect(
            **{**conn_params, "cursor_factory": TracingCursor}, autocommit=True
        )
        try:
            connection.listen()
            if connection.info.server_version < OLDEST_SERVER:
                raise ImproperlyConfigured(f"PostgreSQL {connection.info.server_version} is older than 15.")
            row = connection.execute("SELECT current_database(), (SELECT tenant_id FROM tenant_sentinel)").fetchone()
            if row != (tenant.database_name, tenant.id):
                raise WrongDatabase(tenant.slug, f"{tenant.database_name}/{tenant.id}", _describe(row))
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
        if not name:
            return super().create_cursor()
        self.connection.session_changed = True
        return TracingServerCursor(  # type: ignore[call-arg]
            self.connection, name=name, scrollable=False, withhold=self.connection.autocommit
        )

    def _close(self) -> None:
        if self.connection is not None:
            pool().give_back(self.alias, self.connection)


def _comment_of(tenant: TenantInfo) -> str:
    return f" /* shop:{tenant.slug} */"


def _describe(row: tuple[object, ...] | None) -> str:
    database, tenant_id = row or (None, None)
    return f"{database}/{tenant_id if isinstance(tenant_id, UUID) else 'no sentinel'}"
