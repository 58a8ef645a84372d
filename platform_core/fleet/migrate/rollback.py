"""The way back: the newest migrations of shops' databases taken back, where they can be."""

from collections.abc import Callable

from django.db import connections
from django.db.migrations.loader import MigrationLoader

from platform_core.fleet.databases import clone_database, drop_database, lock_down_database
from platform_core.fleet.migrate import ledger
from platform_core.fleet.migrate.choose import MigrationOrder, chosen
from platform_core.fleet.migrate.errors import NotReversible, UnknownMigration
from platform_core.fleet.migrate.models import MigrationKind
from platform_core.fleet.migrate.run import PLATFORM_SERVER, Pause, RunReport, Tell, alone, tell_nobody, walk
from platform_core.fleet.migrate.script import SHOP_APP, Script, on_disk, recorded
from platform_core.fleet.names import spare_name
from platform_core.fleet.servers import OwnerConnection
from platform_core.fleet.template import current_template, schema_digest, silent
from platform_core.tenancy.connections import owner_alias
from smartseller.plurals import number_of


def roll_back_shops(
    order: MigrationOrder,
    *,
    to: str,
    tell: Tell = tell_nobody,
    say: Callable[[str], None] = silent,
    pause: Pause | None = None,
) -> RunReport:
    """Take back what the chosen shops have after the migration `to`, a beginning of whose name is enough.

    The undoing SQL is recorded on a copy of the template, and sent as on the way forward: one transaction a shop. Shops
    that end before the oldest schema that this release works with are in maintenance until another release serves them.
    Errors: UnknownMigration; NotReversible before anything is touched; MigrationBusy; UnknownShops; TemplateMissing.
    """
    with alone() as connection:
        goal = _goal(to)
        undone = _after(goal)
        waves, left_out = chosen(order, quarantined=())
        undo = _rehearsed(connection, goal, undone)
        run = ledger.begin(
            MigrationKind.ROLL_BACK,
            target=goal,
            digest=schema_digest(),
            options={**order.as_json(), "to": goal},
            waves=[[shop.id for shop in wave] for wave in waves],
        )
        say(f"run {run.pk}: {number_of(sum(map(len, waves)), 'shop')} back to {goal}")
        return walk(run, order, on_disk(), undo, tell=tell, say=say, pause=pause or Pause(), left_out=left_out)


def to_be_undone(to: str) -> list[str]:
    """The names of what going back to `to` takes back, newest first. Errors: UnknownMigration, NotReversible."""
    return [name for _, name in _after(_goal(to))]


def _goal(to: str) -> str:
    found = [migration.name for migration in on_disk() if migration.app == SHOP_APP and migration.name.startswith(to)]
    if len(found) != 1:
        raise UnknownMigration(to)
    return found[0]


def _after(goal: str) -> list[tuple[str, str]]:
    graph = MigrationLoader(None).graph
    nodes = [
        (migration.app, migration.name)
        for migration in reversed(on_disk())
        if migration.app == SHOP_APP and migration.name > goal
    ]
    for node in nodes:
        if not all(operation.reversible for operation in graph.nodes[node].operations):
            raise NotReversible(f"{node[0]}.{node[1]}")
    return nodes


def _rehearsed(connection: OwnerConnection, goal: str, undone: list[tuple[str, str]]) -> Script:
    """The undoing SQL, newest first, as Django sends it to a copy of the template."""
    if not undone:
        return ()
    template = current_template(PLATFORM_SERVER)
    name = spare_name()  # after a kill the reconciler takes it for one
    clone_database(connection, name, template=template.database_name, server=PLATFORM_SERVER)
    try:
        lock_down_database(connection, name)
        with owner_alias(PLATFORM_SERVER, name) as alias:
            found = recorded(alias, [(SHOP_APP, goal)])
            connections[alias].close()
    finally:
        drop_database(connection, name)
    return found
