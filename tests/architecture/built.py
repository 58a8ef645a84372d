"""Both sides of the comparison: the specification's SQL in a scratch database, and what the migrations built."""

from functools import cache

import psycopg
from django.conf import settings
from psycopg import sql

from tests.architecture import catalogue, specification
from tests.databases import PLATFORM, TEMPLATE, owner

# Outside the prefix that every test cleans away.
SCRATCH = f"specified_{settings.DATABASE_PREFIX}"


@cache
def specified(side: specification.Side) -> catalogue.Catalogue:
    """What PostgreSQL says of the specification's own SQL."""
    with specified_database(side) as connection:
        return catalogue.read(connection)


def specified_database(side: specification.Side) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection to a database made by the specification's SQL, its rows included."""
    connection = owner(_make_specified(side))
    connection.execute(specification.SEARCH_PATH)
    return connection


@cache
def _make_specified(side: specification.Side) -> str:
    name = f"{SCRATCH}{side}"
    specification.statements(side)  # skips where it is not at hand, before anything is made
    with owner() as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    with owner(name) as connection:
        specification.load(connection, side)
    return name


@cache
def built(side: specification.Side) -> catalogue.Catalogue:
    """What PostgreSQL says of the database that the migrations of `side` built."""
    with owner(PLATFORM if side == "platform" else TEMPLATE) as connection:
        return catalogue.read(connection)
