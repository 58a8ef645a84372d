"""The SQL of migrations: recorded once, while the template is built, and then sent to every shop as it stands.

Recorded, not rendered: Django looks names up in the database while it migrates, so what it says it would send without
having sent what came before is not always what it sends.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from typing import Any

from django.db import connections
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

# A visitor's session lives in the shop's database.
SHOP_DATABASE_APPS = ("tenant_shop", "sessions")
SHOP_APP = "tenant_shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationScript:
    """One migration of a shop's database and the statements that it is made of.

    `needs_python`: the statements are not all of it, Django has to run it. `replaces` are the keys of those that it
    was squashed from.
    """

    app: str
    name: str
    atomic: bool
    needs_python: bool
    replaces: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.app}.{self.name}"


Script = tuple[MigrationScript, ...]


def recorded(alias: str, targets: Sequence[tuple[str, str | None]]) -> Script:
    """Migrate the database behind `alias` to `targets` with Django, and return what was done, in order."""
    connection = connections[alias]
    heard: list[str] = []

    class RecordingEditor(DatabaseSchemaEditor):
        def execute(self, sql: Any, params: Any = ()) -> None:
            text = str(sql) if params is None else str(self.connection.ops.compose_sql(str(sql), params))
            heard.append(text)
            super().execute(text, None)

    done: list[MigrationScript] = []

    def note(action: str, migration: Any = None, fake: bool = False) -> None:  # noqa: FBT001, FBT002
        if migration is None:
            return
        if action in ("apply_start", "unapply_start"):
            heard.clear()
        elif action in ("apply_success", "unapply_success"):
            done.append(replace(described(migration), statements=tuple(heard)))

    connection.SchemaEditorClass = RecordingEditor
    try:
        MigrationExecutor(connection, note).migrate(list(targets))  # type: ignore[arg-type]
    finally:
        del connection.SchemaEditorClass
    return tuple(done)


def described(migration: Migration) -> MigrationScript:
    """What can be known of a migration without running it."""
    return MigrationScript(
        app=migration.app_label,
        name=migration.name,
        atomic=migration.atomic,
        needs_python=any(map(_needs_python, migration.operations)),
        replaces=tuple(f"{app}.{name}" for app, name in migration.replaces),
    )


def _needs_python(operation: Operation) -> bool:
    """Whether an operation does more than send statements through the schema's editor; a stranger's may."""
    inner = getattr(operation, "database_operations", None)
    if inner is not None:
        return any(map(_needs_python, inner))
    return not operation.reduces_to_sql or not type(operation).__module__.startswith("django.")


def leaves(loader: MigrationLoader) -> list[tuple[str, str]]:
    """The newest migrations of the apps that live in a shop's database."""
    return [(app, name) for app, name in loader.graph.leaf_nodes() if app in SHOP_DATABASE_APPS]


def on_disk() -> Script:
    """Every migration of a shop's database in the order in which Django applies them, without statements."""
    loader = MigrationLoader(None)
    found: dict[tuple[str, str], MigrationScript] = {}
    for leaf in leaves(loader):
        for node in loader.graph.forwards_plan(leaf):
            if node not in found and node[0] in SHOP_DATABASE_APPS:
                found[node] = described(loader.graph.nodes[node])
    return tuple(found.values())


def newest_of(keys: Iterable[str]) -> str:
    """The name of the newest of a shop's own migrations among `keys`; empty when there is none."""
    own = [name for app, _, name in (key.partition(".") for key in keys) if app == SHOP_APP]
    return max(own, default="")


def stretches(script: Sequence[MigrationScript]) -> Iterator[list[MigrationScript]]:
    """What may go into one transaction: atomic neighbours together, each of the others alone."""
    for atomic, group in groupby(script, key=lambda migration: migration.atomic):
        if atomic:
            yield list(group)
        else:
            yield from ([migration] for migration in group)


def as_json(script: Script) -> list[dict[str, Any]]:
    return [asdict(migration) for migration in script]


def from_json(document: Iterable[dict[str, Any]]) -> Script:
    return tuple(
        MigrationScript(
            **{**migration, "statements": tuple(migration["statements"]), "replaces": tuple(migration["replaces"])}
        )
        for migration in document
    )
