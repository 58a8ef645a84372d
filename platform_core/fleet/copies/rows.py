"""Rows of a shop, out of one database and into another, as CSV: text that is read, never run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

from psycopg import sql

from platform_core.fleet.backups.contents import Contents, contents_of, counting_connection, difference
from platform_core.fleet.backups.store import Tell, nobody
from platform_core.fleet.copies.errors import RowsDiffer
from platform_core.fleet.copies.tables import Columns, check_same, shop_tables
from platform_core.fleet.servers import OwnerConnection

# The pieces of a table's CSV, its first line the columns' names.
Rows = Callable[[str, Columns], Iterable[bytes]]

SEQUENCES = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'public'::regnamespace AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
AND c.relname = ANY(%s)
"""
SET_SEQUENCE = """
SELECT setval(pg_get_serial_sequence({name}, {column_name}), GREATEST(max({column}), 1), max({column}) IS NOT NULL)
FROM {table}
"""


@contextmanager
def as_of_one_moment(server: str, database: str) -> Iterator[tuple[OwnerConnection, str]]:
    """A connection that sees `database` as it is now for as long as the block lasts, and its snapshot's name."""
    with counting_connection(server, database) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        yield connection, str(row[0]) if row else ""
        connection.execute("COMMIT")


def read_rows(connection: OwnerConnection, table: str, columns: Columns) -> Iterator[bytes]:
    """The rows of a table as CSV in UTF-8: NULL is nothing, empty text is two quotation marks."""
    statement = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT csv, HEADER true, ENCODING 'UTF8')")
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor, cursor.copy(statement.format(sql.Identifier(table), named)) as copy:
        for piece in copy:
            yield bytes(piece)


def contents_of_shop(connection: OwnerConnection, tables: Iterable[str]) -> Contents:
    """Rows and checksums of a shop's own tables, by name."""
    wanted = {f"public.{name}": name for name in tables}
    return {wanted[full]: found for full, found in contents_of(connection).items() if full in wanted}


def fill_with(
    server: str,
    database: str,
    tables: Mapping[str, Columns],
    rows: Rows,
    *,
    expected: Contents,
    changes: Iterable[str] = (),
    tell: Tell = nobody,
) -> None:
    """Give a database that no shop was let into the rows of another, in place of those it has: all of them, or none.

    `tables` are the other's. Triggers rest meanwhile: what they would write is among the rows. Keys and checks hold.
    `changes` are statements that hold from the first moment on that anybody can see the rows. Safe to repeat.
    Errors: SchemaDiffers; RowsDiffer unless it holds what is `expected`; psycopg.DataError and
    IntegrityError for rows that cannot be.
    """
    with counting_connection(server, database) as connection, connection.transaction():
        mine = shop_tables(connection)
        check_same(tables, mine)
        with triggers_at_rest(connection, mine):
            connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, mine))))
            connection.execute("SET CONSTRAINTS ALL DEFERRED")
            for table in mine:
                _write(connection, table, tables[table], rows, tell)
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            different = difference(expected, contents_of_shop(connection, mine))
            if different:
                raise RowsDiffer(different)
            for statement in changes:
                connection.execute(statement)
        _set_sequences(connection, list(mine))
    with counting_connection(server, database) as connection:
        connection.execute("ANALYZE")


@contextmanager
def triggers_at_rest(connection: OwnerConnection, tables: Iterable[str]) -> Iterator[None]:
    """Inside a transaction: what they would write is there, or is not wanted. They work again at the block's end."""
    names = [sql.Identifier(table) for table in tables]
    for name in names:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
    yield
    for name in names:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))


def _write(connection: OwnerConnection, table: str, columns: Columns, rows: Rows, tell: Tell) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, HEADER match, ENCODING 'UTF8')")
    named = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor, cursor.copy(statement.format(sql.Identifier(table), named)) as copy:
        for piece in rows(table, columns):
            copy.write(piece)
            tell(len(piece))


def _set_sequences(connection: OwnerConnection, tables: list[str]) -> None:
    for table, column in connection.execute(SEQUENCES, (tables,)).fetchall():
        connection.execute(
            sql.SQL(SET_SEQUENCE).format(
                name=sql.Literal(f'"{table}"'),
                column_name=sql.Literal(column),
                column=sql.Identifier(column),
                table=sql.Identifier(table),
            )
        )
