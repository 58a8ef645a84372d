"""The PostgreSQL and Valkey that a checkout starts for itself when no `DATABASE_URL` is set.

Every process that needs them holds a shared lock on `run/lease.lock`; the last one to leave stops the servers. A killed
process drops its lock with it, so a crash can leave a server running (the next process finds and uses it) but
never a stale count. Importing this package starts nothing.
"""

from smartseller.embedded.folder import (
    APP_ROLE,
    OWNER_ROLE,
    PLATFORM_DATABASE,
    SUPERUSER,
    Embedded,
    EmbeddedServerError,
)
from smartseller.embedded.lease import ensure_running, stop_if_unused
from smartseller.embedded.postgres import create_roles_and_platform_database, postgres_binary

__all__ = [
    "APP_ROLE",
    "OWNER_ROLE",
    "PLATFORM_DATABASE",
    "SUPERUSER",
    "Embedded",
    "EmbeddedServerError",
    "create_roles_and_platform_database",
    "ensure_running",
    "postgres_binary",
    "stop_if_unused",
]
