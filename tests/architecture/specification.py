"""The SQL of the specification, as statements that PostgreSQL itself can run and describe.

PostgreSQL is the parser: the specification is loaded into a scratch database and read back from its catalogue, so both
sides of the comparison are spelled the same way.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import psycopg
import pytest

Side = Literal["platform", "shop"]

CHECKOUT = Path(__file__).resolve().parents[2]
# Beside the checkout, or beside the folder that holds several of them.
PLACES = [folder / "shared" / "spec" / "smartseller-schema.md" for folder in CHECKOUT.parents[:2]]

SHOP_CHAPTER = "Tenant Database Schema"
IN_BOTH_DATABASES = ("Schema Versioning",)
# The specification defines this once, for the platform, and uses it in the shops too.
UPDATED_AT_FUNCTION = "CREATE OR REPLACE FUNCTION update_updated_at_column()"
# Only these describe a schema; CREATE DATABASE, CREATE EXTENSION and the rest are examples of use.
DESCRIBES_A_SCHEMA = re.compile(
    r"^\s*(CREATE (TABLE|INDEX|VIEW|TRIGGER|POLICY|OR REPLACE FUNCTION)|ALTER TABLE|INSERT INTO)\b", re.IGNORECASE
)
# The specification takes it from the extension uuid-ossp; outside `public`, so that it is no part of the schema.
UUID_FUNCTION = (
    "CREATE SCHEMA uuid_ossp",
    "CREATE FUNCTION uuid_ossp.uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'",
)
SEARCH_PATH = "SET search_path = public, uuid_ossp"

HEADING = re.compile(r"^(#{2,3}) (.+)$")
STATEMENT = re.compile(
    r"""(?: \$\$.*?\$\$ | '(?:[^']|'')*' | "(?:[^"])*" | --[^\n]* | [^;] )+""", re.VERBOSE | re.DOTALL
)
LEADING_COMMENTS = re.compile(r"\A(\s*--[^\n]*\n)+")


def load(connection: psycopg.Connection[tuple[object, ...]], side: Side) -> None:
    """Build the specification's schema of `side` in the empty database behind `connection` (autocommit)."""
    for statement in (*UUID_FUNCTION, SEARCH_PATH, *statements(side)):
        connection.execute(statement.encode())


def statements(side: Side) -> list[str]:
    """Every statement that shapes the `side` database, in the specification's order."""
    return list(_statements(side))


def _statements(side: Side) -> Iterator[str]:
    for chapter, section, sql in _sql_blocks():
        belongs = section in IN_BOTH_DATABASES or (chapter == SHOP_CHAPTER) == (side == "shop")
        for match in STATEMENT.finditer(sql):
            statement = LEADING_COMMENTS.sub("", match.group().lstrip() + "\n").strip()
            if not DESCRIBES_A_SCHEMA.match(statement):
                continue
            if belongs or statement.startswith(UPDATED_AT_FUNCTION):
                yield statement


def _sql_blocks() -> Iterator[tuple[str, str, str]]:
    """(chapter, section, SQL) of each fenced block; a chapter is a `##` heading, a section a `###` one."""
    path = next((path for path in PLACES if path.is_file()), None)
    if path is None:
        pytest.skip("the specification (shared/spec/smartseller-schema.md) is not beside this checkout")
    chapter = section = ""
    block: list[str] | None = None
    for line in path.read_text().splitlines():
        if block is None:
            if heading := HEADING.match(line):
                chapter, section = (heading[2], "") if heading[1] == "##" else (chapter, heading[2])
            elif line.strip() == "```sql":
                block = []
        elif line.strip() == "```":
            yield chapter, section, "\n".join(block)
            block = None
        else:
            block.append(line)
