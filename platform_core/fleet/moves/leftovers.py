"""What moves left on a server that did not answer at the time: databases, slots, subscriptions that nobody needs."""

from collections.abc import Iterator

from platform_core.fleet.databases import database_names, drop_database_in_use
from platform_core.fleet.findings import Finding, Kind
from platform_core.fleet.moves.follow import drop_slot, drop_subscription, move_in
from platform_core.fleet.moves.models import Move, MoveMethod, MoveState
from platform_core.fleet.restores.models import KeptDatabase
from platform_core.fleet.servers import OwnerConnection, owner_connection
from platform_core.tenants.models import Tenant

# `pg_replication_slots` is the server's own; of subscriptions everybody may read the names.
OBJECTS = """
SELECT 'slot', slot_name::text FROM pg_replication_slots WHERE slot_type = 'logical'
UNION ALL SELECT 'subscription', subname::text FROM pg_subscription ORDER BY 1 DESC, 2
"""
SLOT, SUBSCRIPTION = "the slot ", "the subscription "


def databases_of_moves(server: str) -> set[str]:
    """Databases that moves fill on `server` at this moment."""
    running = Move.objects.filter(target=server, state=MoveState.RUNNING)
    return set(running.values_list("new_database", flat=True))


def leftovers(connection: OwnerConnection, server: str) -> Iterator[Finding]:
    """Subscriptions and slots of moves that have ended, and databases of moves that failed; subscriptions first."""
    running = {move_id.hex for move_id in Move.objects.filter(state=MoveState.RUNNING).values_list("pk", flat=True)}
    for kind, name in connection.execute(OBJECTS).fetchall():
        of = move_in(name)
        if of is not None and of not in running:
            yield Finding(kind=Kind.MOVE_LEFTOVER, server=server, detail=f"the {kind} {name} of a move that has ended")
    failed = Move.objects.filter(target=server, state=MoveState.FAILED).exclude(method=MoveMethod.UNDO)
    there = database_names(connection)
    names = failed.filter(new_database__in=there).values_list("new_database", "tenant__slug")
    for name, slug in sorted(set(names)):
        if _is_nobodys(name):
            yield Finding(
                kind=Kind.MOVE_LEFTOVER, server=server, database=name, tenant=slug,
                detail="a copy that a failed move left; no shop was ever let into it",
            )  # fmt: skip


def remove_leftover(finding: Finding) -> str:
    """Remove what `leftovers` found; what was done, for people."""
    if finding.database:
        with owner_connection(finding.server) as connection:
            if _is_nobodys(finding.database):
                drop_database_in_use(connection, finding.database)
        return "dropped"
    name = finding.detail.removeprefix(SLOT).removeprefix(SUBSCRIPTION).split(" ", 1)[0]
    if finding.detail.startswith(SUBSCRIPTION):
        drop_subscription(finding.server, name)
    else:
        drop_slot(finding.server, name)
    return f"{name} removed"


def _is_nobodys(name: str) -> bool:
    in_use = Tenant.objects.filter(database_name=name).exists() or KeptDatabase.objects.filter(name=name).exists()
    return not in_use and not Move.objects.filter(new_database=name, state=MoveState.RUNNING).exists()
