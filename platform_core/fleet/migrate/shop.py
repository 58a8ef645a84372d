"""One shop's database: what it has, what it lacks, and the statements that bring it there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql

from platform_core.fleet.migrate.errors import ForeignHistory, HistoryMoved, MigrationFailed, NotTheShopsDatabase
from platform_core.fleet.migrate.script import SHOP_APP, SHOP_DATABASE_APPS, MigrationScript, Script, stretches
from platform_core.fleet.servers import OwnerConnection, connect_as_owner

LOOK = """
SELECT current_database()::text, (SELECT tenant_id FROM tenant_sentinel),
       ARRAY(SELECT app || '.' || name FROM django_migrations WHERE app = ANY (%s))
"""
APPLIED = "SELECT app || '.' || name FROM django_migrations WHERE app = ANY (%s)"
# Nobody migrates between this and the commit; readers go on reading.
HOLD = "LOCK TABLE django_migrations IN SHARE ROW EXCLUSIVE MODE"
NOTE = "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, clock_timestamp())"
FORGET = "DELETE FROM django_migrations WHERE app = %s AND name = %s"
NOTE_VERSION = "INSERT INTO schema_versions (version, description) VALUES (%s, %s)"
# Rows that wait for their foreign keys to be checked would refuse the next ALTER TABLE: checked now, not at the end.
CHECK_KEYS = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"
CONCURRENT_INDEX = re.compile(
    r'\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(?P<name>[^"\s]+)"?\s', re.IGNORECASE
)
INDEX = """
SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relname = %s AND c.relnamespace = 'public'::regnamespace
"""
LONGEST_VERSION = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """A shop whose database is to be migrated. One that is still being made may have no sentinel yet."""

    id: UUID
    slug: str
    server: str
    database: str
    epoch: int = 1
    in_preparation: bool = False


def connect(shop: Shop, *, lock_timeout: float) -> OwnerConnection:
    """A direct owner's connection to the shop's database, which waits `lock_timeout` seconds for a lock and no more.

    What the database sets for requests (`ALTER DATABASE … SET statement_timeout`) does not hold for migrations.
    Errors: UnknownServer; psycopg.OperationalError.
    """
    milliseconds = max(1, round(lock_timeout * 1000))
    return connect_as_owner(
        shop.server,
        shop.database,
        session={"lock_timeout": milliseconds, "statement_timeout": 0, "idle_in_transaction_session_timeout": 0},
    )


def applied_in(connection: OwnerConnection, shop: Shop) -> frozenset[str]:
    """The keys of the migrations that the shop's database has; one query. Errors: NotTheShopsDatabase."""
    try:
        row = connection.execute(LOOK, (list(SHOP_DATABASE_APPS),)).fetchone()
    except psycopg.errors.UndefinedTable as error:
        raise NotTheShopsDatabase(shop.slug, first_line(error)) from error
    database, owner, keys = row  # type: ignore[misc]
    if owner != shop.id and not (owner is None and shop.in_preparation):
        raise NotTheShopsDatabase(shop.slug, f"{database} is {f'of {owner}' if owner else 'of no shop yet'}")
    return frozenset(keys)


def pending_of(script: Script, applied: frozenset[str]) -> Script:
    """What of `script` the database lacks, in order.

    Errors: ForeignHistory when it has migrations that this release does not know, or lacks one between two it has.
    """
    known = {key for migration in script for key in (migration.key, *migration.replaces)}
    strange = sorted(applied - known)
    if strange:
        raise ForeignHistory(
            f"The database has migrations that this release does not know: {', '.join(strange)}. It belongs to a newer"
            " release, or to one before the migrations were written anew."
        )
    pending = tuple(migration for migration in script if not _has(applied, migration))
    for app in SHOP_DATABASE_APPS:
        own = [migration for migration in script if migration.app == app]
        has = [_has(applied, migration) for migration in own]
        if has != sorted(has, reverse=True):
            raise ForeignHistory(f"The database lacks {own[has.index(False)].key} and has a later one.")
    return pending


def _has(applied: frozenset[str], migration: MigrationScript) -> bool:
    if migration.key in applied:
        return True
    replaced = [key in applied for key in migration.replaces]
    if any(replaced) and not all(replaced):
        raise ForeignHistory(f"The database has only a part of what {migration.key} replaces.")
    return bool(replaced)


def apply(connection: OwnerConnection, script: Sequence[MigrationScript], applied: frozenset[str]) -> None:
    """Send the migrations `script` to a database that has `applied`: neighbours in one transaction with their rows.

    What cannot run in a transaction can be repeated: an index that was left behind half-built is built anew.
    Errors: HistoryMoved; MigrationFailed; psycopg.OperationalError for what may pass by itself (locks, a lost server).
    """
    have = set(applied)
    for stretch in stretches(script):
        if stretch[0].atomic:
            _apply_together(connection, stretch, have)
        else:
            _apply_alone(connection, stretch[0])
        have.update(migration.key for migration in stretch)


def take_back(connection: OwnerConnection, script: Sequence[MigrationScript], applied: frozenset[str]) -> None:
    """Send the way back: `script` holds the undoing statements, newest first. Errors: as `apply`."""
    have = set(applied)
    for stretch in stretches(script):
        if stretch[0].atomic:
            _apply_together(connection, stretch, have, backwards=True)
        else:
            _apply_alone(connection, stretch[0], backwards=True)
        have.difference_update(migration.key for migration in stretch)


def _apply_together(
    connection: OwnerConnection, stretch: list[MigrationScript], expected: set[str], *, backwards: bool = False
) -> None:
    with connection.transaction():
        connection.execute(HOLD)
        if {row[0] for row in connection.execute(APPLIED, (list(SHOP_DATABASE_APPS),))} != expected:
            raise HistoryMoved
        for number, migration in enumerate(stretch):
            if number:
                connection.execute(CHECK_KEYS)
            for statement in migration.statements:
                _send(connection, migration, statement)
            _note(connection, migration, backwards=backwards)


def _apply_alone(connection: OwnerConnection, migration: MigrationScript, *, backwards: bool = False) -> None:
    for statement in migration.statements:
        if not _is_there(connection, statement):
            _send(connection, migration, statement)
    with connection.transaction():
        connection.execute(HOLD)
        _note(connection, migration, backwards=backwards)


def _is_there(connection: OwnerConnection, statement: str) -> bool:
    """Whether the statement makes an index that an earlier attempt made whole; a broken one is dropped here."""
    found = CONCURRENT_INDEX.match(statement)
    if found is None:
        return False
    row = connection.execute(INDEX, (found["name"],)).fetchone()
    if row is None:
        return False
    if row[0]:
        return True
    connection.execute(sql.SQL("DROP INDEX CONCURRENTLY {}").format(sql.Identifier(found["name"])))
    return False


def _send(connection: OwnerConnection, migration: MigrationScript, statement: str) -> None:
    try:
        connection.execute(statement.encode())
    except psycopg.errors.ObjectInUse as error:  # rows of this very transaction wait for a check: it never passes
        raise MigrationFailed(migration.key, first_line(error), statement) from error
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise MigrationFailed(migration.key, first_line(error), statement) from error


def _note(connection: OwnerConnection, migration: MigrationScript, *, backwards: bool) -> None:
    connection.execute(FORGET if backwards else NOTE, (migration.app, migration.name))
    connection.execute(NOTE_VERSION, version_row(migration, backwards=backwards))


def version_row(migration: MigrationScript, *, backwards: bool = False) -> tuple[str, str]:
    """What `schema_versions` says of a migration: its number, and its whole name."""
    number = migration.name.split("_", 1)[0]
    version = number if migration.app == SHOP_APP else f"{migration.app}.{number}"
    return version[:LONGEST_VERSION], f"{migration.key}{', taken back' if backwards else ''}"


def first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
