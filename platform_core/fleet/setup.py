"""From empty databases to a platform that can make shops; nothing is done twice."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from platform_core.fleet.models import DatabaseServer
from platform_core.fleet.servers import only_one, owner_connection
from platform_core.fleet.spares import refill_spares
from platform_core.fleet.template import ensure_template, silent

OWNER_ALIAS = "owner"
PLATFORM_SERVER = "primary"
WAIT_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class SetupResult:
    """What a set-up had to do: platform migrations applied, servers added, templates built, spares made."""

    migrations: int
    servers: int
    templates: int
    spares: int
    seconds: float


def set_up_platform(*, say: Callable[[str], None] = silent) -> SetupResult:
    """Migrate the platform's database, add the servers of the settings, build templates, fill the pools of spares.

    Idempotent, and one at a time: a second process waits and then finds everything done. `say` gets a line
    before each piece of work.
    Errors: FleetBusy after five minutes of waiting; TemplateBusy; psycopg.OperationalError without a server.
    """
    began = time.perf_counter()
    with owner_connection(PLATFORM_SERVER) as connection, only_one(connection, "set-up", wait_seconds=WAIT_SECONDS):
        migrations = _migrate_platform(say)
        servers = _add_servers(say)
        templates = spares = 0
        for server in settings.DATABASE_SERVERS:
            template, is_new = ensure_template(server, say=say)
            if is_new:
                templates += 1
            refilled = refill_spares(server)
            if refilled.made:
                spares += refilled.made
                say(f"made {refilled.made} spare databases on {server} from template {template.version}")
    return SetupResult(
        migrations=migrations,
        servers=servers,
        templates=templates,
        spares=spares,
        seconds=round(time.perf_counter() - began, 3),
    )


def _migrate_platform(say: Callable[[str], None]) -> int:
    executor = MigrationExecutor(connections[OWNER_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"applying {len(plan)} migrations to the platform's database")
        call_command("migrate", database=OWNER_ALIAS, interactive=False, verbosity=0)
    connections[OWNER_ALIAS].close()
    return len(plan)


def _add_servers(say: Callable[[str], None]) -> int:
    added = 0
    for key in settings.DATABASE_SERVERS:
        _, is_new = DatabaseServer.objects.get_or_create(key=key)
        if is_new:
            added += 1
            say(f"adding the database server {key}")
    return added
