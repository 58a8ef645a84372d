"""The statements that make, rename, lock down and drop a database.

None of them can run in a transaction except the renaming; each takes an owner's autocommit connection to another
database of the same server.
"""

import psycopg
from django.conf import settings
from psycopg import sql

from platform_core.fleet.errors import TemplateBusy, TemplateMissing
from platform_core.fleet.servers import OwnerConnection


def database_names(connection: OwnerConnection) -> set[str]:
    """The databases of this installation on the connection's server."""
    rows = connection.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (settings.DATABASE_PREFIX,)
    )
    return {row[0] for row in rows}


def database_exists(connection: OwnerConnection, name: str) -> bool:
    return connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def clone_database(connection: OwnerConnection, name: str, *, template: str, server: str) -> None:
    """Make the database `name` from `template`. Everybody may connect to it until it is locked down.

    `wal_log` copies a small template without forcing checkpoints on the whole server.
    Errors: TemplateMissing; TemplateBusy, after the five seconds that PostgreSQL waits by itself.
    """
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log")
    try:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
    except psycopg.errors.InvalidCatalogName:
        raise TemplateMissing(server, template) from None
    except psycopg.errors.ObjectInUse:
        raise TemplateBusy(server, template) from None


def lock_down_database(connection: OwnerConnection, name: str) -> None:
    """Only its owner and the role that serves requests may connect. Idempotent.

    PostgreSQL opens every database to every role unless told otherwise, and does not copy privileges of a template.
    """
    statement = sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {app}")
    connection.execute(
        statement.format(name=sql.Identifier(name), app=sql.Identifier(settings.DATABASE_APP_ROLE)), prepare=False
    )


def rename_database(connection: OwnerConnection, name: str, new_name: str) -> None:
    """Errors: psycopg's InvalidCatalogName without the one, DuplicateDatabase with the other, ObjectInUse in use."""
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(new_name)))


def drop_database(connection: OwnerConnection, name: str) -> None:
    """Remove the database `name` for good, if it exists. Errors: psycopg's ObjectInUse while somebody is connected."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def drop_database_in_use(connection: OwnerConnection, name: str) -> None:
    """As `drop_database`, whoever is connected: for a database that no shop was ever let into."""
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def close_database(connection: OwnerConnection, name: str, *, spare: int = 0) -> None:
    """Nobody may connect to the database `name` from now on, and who is connected is put out. Idempotent.

    The session of the process `spare` stays: it may hold what nobody else is to have. A superuser's stays, too: nobody
    else may end it, and it is no shopper's.
    """
    connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name)))
    connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity JOIN pg_roles ON pg_roles.oid = usesysid"
        " WHERE datname = %s AND backend_type = 'client backend' AND NOT rolsuper"
        " AND pid NOT IN (pg_backend_pid(), %s)",
        (name, spare),
    )


def open_database(connection: OwnerConnection, name: str) -> None:
    """Those who may connect to the database `name` can. Idempotent."""
    connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(name)))
