"""How a shop's alias becomes a database: resolved when asked for, never registered.

Django scans every registered alias about three times a request, so ten thousand shops must not be ten thousand
aliases (docs/decisions/0002-aliases-are-resolved.md).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.contrib.postgres.signals import register_type_handlers
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import ConnectionHandler

from platform_core.tenancy import attachment
from platform_core.tenancy.context import ALIAS_PREFIX, TenantInfo, active_tenant, current_tenant
from platform_core.tenancy.errors import NoTenant, WrongTenant
from platform_core.tenancy.postgresql.base import DatabaseWrapper
from smartseller.dsn import django_database, owner_database

TENANT_ENGINE = "platform_core.tenancy.postgresql"
OWNER_ALIAS_PREFIX = "o_"
RESOLVED_PREFIXES = (ALIAS_PREFIX, OWNER_ALIAS_PREFIX)
TENANT_ALIAS = re.compile(rf"{ALIAS_PREFIX}[0-9a-f]{{32}}_[0-9]+")

_owner_targets: ContextVar[dict[str, dict[str, Any]] | None] = ContextVar("owner_targets", default=None)


class ResolvingDatabases(dict[str, dict[str, Any]]):
    """`connections.settings` that also answers for the active shop's alias, and for `owner_alias` while it is open.

    Iterating shows the registered aliases only. A shop's alias cannot be assigned: an alias never changes its database.
    """

    def __contains__(self, alias: object) -> bool:
        return super().__contains__(alias) or (isinstance(alias, str) and self._resolve(alias) is not None)

    def __missing__(self, alias: str) -> dict[str, Any]:
        found = self._resolve(alias)
        if found is None:
            raise KeyError(alias)
        return found

    def __setitem__(self, alias: str, value: dict[str, Any]) -> None:
        if TENANT_ALIAS.fullmatch(alias):
            _refuse_assignment(alias)
        super().__setitem__(alias, value)

    def _resolve(self, alias: str) -> dict[str, Any] | None:
        if alias.startswith(ALIAS_PREFIX):
            tenant = _shop_of(alias)
            return {**server_settings(tenant.server), "NAME": tenant.database_name}
        if alias.startswith(OWNER_ALIAS_PREFIX):
            return (_owner_targets.get() or {}).get(alias)
        return None


def _shop_of(alias: str) -> TenantInfo:
    """The active shop. Errors: NoTenant, WrongTenant unless `alias` is its."""
    tenant = active_tenant()
    if tenant is None:
        raise NoTenant(alias)
    if alias != tenant.alias:
        raise WrongTenant(alias, tenant.alias)
    return tenant


def _refuse_assignment(alias: str) -> NoReturn:
    raise WrongTenant(f"A new database for {alias}", "alias, which never changes")


@cache
def server_settings(key: str) -> dict[str, Any]:
    """Every setting Django wants of a connection, for shops on server `key`; the database's name is left open.

    Errors: KeyError when `settings.DATABASE_SERVERS` does not know the server.
    """
    return {
        **_complete(django_database(settings.DATABASE_SERVERS[key]["app"], engine=TENANT_ENGINE)),
        "DISABLE_SERVER_SIDE_CURSORS": settings.DATABASE_BEHIND_PGBOUNCER,
    }


def _complete(database: dict[str, Any]) -> dict[str, Any]:
    """Django fills defaults in for aliases known at start only; a missing key is a KeyError later."""
    return {
        "ATOMIC_REQUESTS": False,
        "AUTOCOMMIT": True,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "TIME_ZONE": None,
        "TEST": {"CHARSET": None, "COLLATION": None, "MIGRATE": True, "MIRROR": None, "NAME": None},
        **database,
    }


class ShopConnections(ConnectionHandler):
    """Django's `connections`, with the resolved aliases beside the registered ones.

    Django asks three times a request for the registered connections in use. Only aliases that this process ever used
    are looked at: most web processes never touch the owner's.
    """

    _used: ClassVar[set[str]] = set()

    def __getitem__(self, alias: str) -> BaseDatabaseWrapper:
        if alias.startswith(RESOLVED_PREFIXES):
            return attachment.attached(alias) or self._attach(alias)
        wrapper: BaseDatabaseWrapper = super().__getitem__(alias)
        return wrapper

    def _attach(self, alias: str) -> BaseDatabaseWrapper:
        wrapper: BaseDatabaseWrapper | None = None
        if alias.startswith(ALIAS_PREFIX):
            wrapper = DatabaseWrapper.woken(_shop_of(alias))
        if wrapper is None:
            if alias not in self.settings:
                raise self.exception_class(f"The connection '{alias}' doesn't exist.")
            wrapper = self.create_connection(alias)
        attachment.attach(alias, wrapper)
        return wrapper

    def __setitem__(self, alias: str, wrapper: BaseDatabaseWrapper) -> None:
        self._used.add(alias)
        super().__setitem__(alias, wrapper)

    def create_connection(self, alias: str) -> BaseDatabaseWrapper:
        if not alias.startswith(RESOLVED_PREFIXES):
            self._used.add(alias)
        wrapper: BaseDatabaseWrapper = super().create_connection(alias)
        return wrapper

    def all(self, initialized_only: bool = False) -> list[BaseDatabaseWrapper]:  # noqa: FBT001, FBT002 - Django's
        if not initialized_only:
            return [self[alias] for alias in self]
        mine = self._connections  # type: ignore[attr-defined]
        found = [getattr(mine, alias, None) for alias in tuple(self._used)]
        return [wrapper for wrapper in found if wrapper is not None]


def install() -> None:
    """Make Django's connections resolve shops' aliases. Idempotent."""
    # It asks every new alias for the types hstore and citext, which no shop has: two statements a shop.
    connection_created.disconnect(register_type_handlers)
    if isinstance(connections, ShopConnections):
        return
    ShopConnections._used.update(wrapper.alias for wrapper in connections.all(initialized_only=True))
    connections.settings = ResolvingDatabases(connections.settings)
    connections._settings = connections.settings  # type: ignore[attr-defined]
    connections.__class__ = ShopConnections


def shop_connection() -> BaseDatabaseWrapper:
    """The active shop's connection. Errors: NoTenant."""
    wrapper: BaseDatabaseWrapper = connections[current_tenant().alias]
    return wrapper


@contextmanager
def owner_alias(server: str, database: str) -> Iterator[str]:
    """An alias for `database` on `server` as the role that runs DDL, direct, for as long as the block lasts."""
    alias = f"{OWNER_ALIAS_PREFIX}{server}_{database}"
    target = _complete({**owner_database(settings.DATABASE_SERVERS[server]["owner"]), "NAME": database})
    token = _owner_targets.set({**(_owner_targets.get() or {}), alias: target})
    try:
        yield alias
    finally:
        wrapper = attachment.detach(alias)
        if wrapper is not None:
            wrapper.close()
        _owner_targets.reset(token)
