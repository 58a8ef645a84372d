"""One embedded cluster in a temporary folder for the tests that read what the migrations built."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections

from smartseller.dsn import django_database
from smartseller.embedded import APP_ROLE, OWNER_ROLE, SUPERUSER, Embedded, ensure_running
from tests.architecture import catalogue, specification


@cache
def cluster() -> Embedded:
    """A running cluster; its servers stop and its folder goes when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="smartseller-architecture-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # registered first: runs after the servers' own handler
    embedded = Embedded(folder, durable=False)
    ensure_running(embedded)
    return embedded


@cache
def specified(side: specification.Side) -> catalogue.Catalogue:
    """What PostgreSQL says of the specification's own SQL."""
    with specified_connection(side) as connection:
        return catalogue.read(connection)


def specified_connection(side: specification.Side) -> catalogue.Connection:
    """A connection to a database built from the specification's SQL."""
    connection = psycopg.connect(cluster().conninfo(SUPERUSER, _specified_database(side)), autocommit=True)
    connection.execute(specification.SEARCH_PATH)
    return connection


@cache
def _specified_database(side: specification.Side) -> str:
    name = f"specified_{side}"
    create_database(name, owner=SUPERUSER)
    with psycopg.connect(cluster().conninfo(SUPERUSER, name), autocommit=True) as connection:
        specification.load(connection, side)
    return name


@cache
def built(side: specification.Side) -> catalogue.Catalogue:
    """What PostgreSQL says of the database that the migrations of `side` build."""
    conninfo = platform_database() if side == "platform" else shop_database()
    with psycopg.connect(conninfo) as connection:
        return catalogue.read(connection)


@cache
def platform_database() -> str:
    """Migrate the platform's database and point the aliases `default` and `owner` at it; its owner's address."""
    embedded = cluster()
    for alias, role in (("default", APP_ROLE), ("owner", OWNER_ROLE)):
        connections[alias].close()
        connections[alias].settings_dict.update(django_database(embedded.conninfo(role)))
    call_command("migrate", verbosity=0)
    return embedded.conninfo(OWNER_ROLE)


@cache
def shop_database() -> str:
    """Migrate a shop's database under an alias of its own; its owner's address."""
    create_database("migrated_shop", owner=OWNER_ROLE)
    conninfo = cluster().conninfo(OWNER_ROLE, "migrated_shop")
    alias = "t_architecture"
    settings = {**connections["owner"].settings_dict, **django_database(conninfo)}
    connections.settings[alias] = settings
    try:
        for app in ("tenant_shop", "sessions"):
            call_command("migrate", app, database=alias, verbosity=0)
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
    return conninfo


def create_database(name: str, *, owner: str) -> None:
    """An empty database called `name`."""
    with psycopg.connect(cluster().conninfo(SUPERUSER, "postgres"), autocommit=True) as connection:
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {} OWNER {}").format(
                psycopg.sql.Identifier(name), psycopg.sql.Identifier(owner)
            )
        )
