"""What is in a database, in numbers: for each table its rows and a sum over them that any other row would change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from psycopg import sql

from platform_core.fleet.servers import OwnerConnection, owner_connection

# Rows are compared as text: the same everywhere, whatever a role or a server prefers.
SAME_TEXT = """
SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex';
SET extra_float_digits = 1; SET row_security = on; SET app.audit_scope = 'platform';
SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0
"""
# Generated columns are made anew by whatever server restores them.
TABLES = """
SELECT n.nspname, c.relname,
       array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attname IS NOT NULL) AS columns
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
GROUP BY n.nspname, c.relname ORDER BY n.nspname, c.relname
"""
# A sum does not depend on the order of the rows; MD5 is the same on every version of PostgreSQL.
COUNT = """
SELECT count(*), COALESCE(sum(('x' || left(md5(line), 16))::bit(64)::bigint::numeric), 0)::text
FROM (SELECT ROW({columns})::text AS line FROM ONLY {table}) AS found
"""


@dataclass(frozen=True, slots=True)
class TableContents:
    """A table's rows, and the sum over the MD5 of each of them."""

    rows: int
    checksum: str


Contents = dict[str, TableContents]


def contents_of(connection: OwnerConnection) -> Contents:
    """Every table of the connection's database, by its full name; as of the transaction that is open, if one is.

    For a connection of `counting_connection`.
    """
    found: Contents = {}
    for schema, name, columns in connection.execute(TABLES).fetchall():
        statement = sql.SQL(COUNT).format(
            columns=sql.SQL(", ").join(map(sql.Identifier, columns or [])), table=sql.Identifier(schema, name)
        )
        row = connection.execute(statement).fetchone()
        assert row is not None  # noqa: S101 - an aggregate answers with one row
        found[f"{schema}.{name}"] = TableContents(rows=row[0], checksum=row[1])
    return found


@contextmanager
def counting_connection(server: str, database: str) -> Iterator[OwnerConnection]:
    """An owner's connection whose session writes every value as any other such session does."""
    with owner_connection(server, database) as connection:
        connection.execute(SAME_TEXT)
        yield connection


def difference(expected: Contents, found: Contents) -> str:
    """What first tells two databases apart, in words; empty when nothing does."""
    for table in sorted(expected.keys() | found.keys()):
        if table not in found:
            return f"the table {table} is missing"
        if table not in expected:
            return f"the table {table} is new"
        if expected[table].rows != found[table].rows:
            return f"{table} has {found[table].rows} rows instead of {expected[table].rows}"
        if expected[table].checksum != found[table].checksum:
            return f"{table} has other rows"
    return ""
