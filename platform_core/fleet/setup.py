"""From empty databases to a platform that can make shops; nothing is done twice."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from platform_core.fleet.models import DatabaseServer, ServerState
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.template import ensure_template, silent
from smartseller.plurals import number_of

OWNER_ALIAS = "owner"
PLATFORM_SERVER = "primary"
WAIT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class SetupResult:
    """What a set-up had to do: platform migrations applied, servers added, templates built, spares made.

    `unreachable` are servers that did not answer and were passed over.
    """

    migrations: int
    servers: int
    templates: int
    spares: int
    seconds: float
    unreachable: list[str] = field(default_factory=list)


def set_up_platform(*, say: Callable[[str], None] = silent, pass_over: bool = False) -> SetupResult:
    """Migrate the platform's database, add the servers of the settings, build templates, fill the pools of spares.

    Idempotent, and one at a time: a second process waits and then finds everything done. `say` gets a line
    before each piece of work. `pass_over` goes on without servers of shops that do not answer.
    Errors: FleetBusy after five minutes of waiting; TemplateBusy; psycopg.OperationalError without a server.
    """
    began = time.perf_counter()
    with owner_connection(PLATFORM_SERVER) as connection, only_one(connection, "set-up", wait_seconds=WAIT_SECONDS):
        migrations = migrate_platform(say)
        servers = add_servers(say)
        templates = spares = 0
        unreachable: list[str] = []
        states = dict(DatabaseServer.objects.values_list("key", "state"))
        for server in settings.DATABASE_SERVERS:
            if states[server] == ServerState.RETIRED:
                continue
            if pass_over and not _answers(server):
                say(f"the server {server} does not answer and is passed over")
                unreachable.append(server)
                continue
            template, is_new = ensure_template(server, say=say)
            if is_new:
                templates += 1
            if states[server] != ServerState.OPEN:
                continue
            refilled = refill_spares(server)
            if refilled.made:
                spares += refilled.made
                say(f"made {number_of(refilled.made, 'spare database')} on {server} from template {template.version}")
    return SetupResult(
        migrations=migrations,
        servers=servers,
        templates=templates,
        spares=spares,
        seconds=round(time.perf_counter() - began, 3),
        unreachable=unreachable,
    )


def _answers(server: str) -> bool:
    try:
        with owner_connection(server):
            return True
    except psycopg.OperationalError:
        return False


def migrate_platform(say: Callable[[str], None] = silent) -> int:
    """Bring the platform's own database to this release's schema; how many migrations that took."""
    executor = MigrationExecutor(connections[OWNER_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"applying {number_of(len(plan), 'migration')} to the platform's database")
        call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=0)
    connections[OWNER_ALIAS].close()
    return len(plan)


def add_servers(say: Callable[[str], None] = silent) -> int:
    """Enter the servers of the settings into the platform's database; how many were new."""
    added = 0
    for key in settings.DATABASE_SERVERS:
        _, is_new = DatabaseServer.objects.get_or_create(key=key)
        if is_new:
            added += 1
            say(f"adding the database server {key}")
    return added
