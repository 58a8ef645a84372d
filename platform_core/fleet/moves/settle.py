"""What following leaves out: sequences, tables without a key, indexes of the shop's own, what the database sets."""

from concurrent.futures import ThreadPoolExecutor

from psycopg import sql

from platform_core.fleet.backups.contents import Contents, contents_of, counting_connection, difference
from platform_core.fleet.catalogue import drift_between, read_catalogue
from platform_core.fleet.moves.errors import MoveFailed
from platform_core.fleet.moves.follow import SENTINEL, tables_of
from platform_core.fleet.moves.models import Move
from platform_core.fleet.servers import OwnerConnection, owner_connection

SEQUENCES = "SELECT c.relname FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace"
INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace AND i.indisvalid
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
"""
OF_THE_DATABASE = """
SELECT d.datconnlimit, coalesce(s.setconfig, '{}')
FROM pg_database d LEFT JOIN pg_db_role_setting s ON s.setdatabase = d.oid AND s.setrole = 0
WHERE d.datname = %s
"""


def settle(move: Move, held: OwnerConnection, server: OwnerConnection, *, followed: bool) -> None:
    """Bring the new database from what was repeated in it to what the old one is. `held` is the old one, held still.

    `server` is an owner's connection to the new one's server. Errors: MoveFailed when their schemas differ.
    """
    with owner_connection(move.target, move.new_database) as inside:
        if followed:
            _copy_tables_without_key(held, inside)
            _set_sequences(held, inside)
        _make_indexes(held, inside)
        differs = drift_between(read_catalogue(held), read_catalogue(inside))
        if differs:
            raise MoveFailed(move.tenant.slug, f"its schema was changed meanwhile: the copy {differs.in_words(3)}")
        inside.execute("UPDATE tenant_sentinel SET database_name = %s", (move.new_database,))
    copy_database_settings(held, move.old_database, server, move.new_database)


def prove(move: Move) -> None:
    """Count the rows of both databases and sum over them. Errors: MoveFailed unless they are the same."""
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="prove") as threads:
        old = threads.submit(_contents, move.source, move.old_database)
        new = threads.submit(_contents, move.target, move.new_database)
        different = difference(old.result(), new.result())
    if different:
        raise MoveFailed(move.tenant.slug, f"the copy differs: {different}")


def compare(move: Move) -> str:
    """What first tells the two databases apart, in words; empty when nothing does."""
    return difference(_contents(move.source, move.old_database), _contents(move.target, move.new_database))


def copy_database_settings(old: OwnerConnection, old_name: str, new: OwnerConnection, new_name: str) -> None:
    """What one database sets for its sessions, and how many it admits, holds for the other, too."""
    row = old.execute(OF_THE_DATABASE, (old_name,)).fetchone()
    if row is None:
        return
    limit, configured = row
    name = sql.Identifier(new_name)
    new.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(name, sql.Literal(limit)))
    new.execute(sql.SQL("ALTER DATABASE {} RESET ALL").format(name))
    for entry in configured:
        setting, _, value = entry.partition("=")
        new.execute(
            sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                name, sql.Identifier(*setting.split(".")), sql.Literal(value)
            )
        )


def _contents(server: str, database: str) -> Contents:
    with counting_connection(server, database) as connection:
        found = contents_of(connection)
    # It names the database that it is in.
    found.pop(f"public.{SENTINEL}", None)
    return found


def _copy_tables_without_key(held: OwnerConnection, inside: OwnerConnection) -> None:
    _, tables = tables_of(held)
    for table in map(sql.Identifier, tables):
        with inside.transaction():
            # Its triggers have had their say when the rows were written.
            inside.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
            inside.execute(sql.SQL("DELETE FROM {}").format(table))
            with (
                held.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(table)) as rows,
                inside.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(table)) as sink,
            ):
                for piece in rows:
                    sink.write(piece)
            inside.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))


def _set_sequences(held: OwnerConnection, inside: OwnerConnection) -> None:
    for (name,) in held.execute(SEQUENCES).fetchall():
        row = held.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(name))).fetchone()
        if row is not None:
            inside.execute("SELECT setval(%s::regclass, %s, %s)", (f'public."{name}"', *row))


def _make_indexes(held: OwnerConnection, inside: OwnerConnection) -> None:
    """Indexes of custom fields come and go while a shop is open."""
    wanted, there = dict(held.execute(INDEXES).fetchall()), dict(inside.execute(INDEXES).fetchall())
    for name in there.keys() - wanted.keys():
        inside.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    for name in wanted.keys() - there.keys():
        inside.execute(wanted[name].encode())
