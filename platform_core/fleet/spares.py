"""Spares: ready databases that wait for a shop, so that signing up costs a renaming instead of a copy."""

import logging
import time
from dataclasses import dataclass
from uuid import UUID

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError as BrokerError

from platform_core.fleet.databases import clone_database, drop_database, lock_down_database
from platform_core.fleet.errors import FleetBusy
from platform_core.fleet.models import DatabaseServer, ServerState, SpareDatabase, SpareState, TemplateVersion
from platform_core.fleet.names import spare_name
from platform_core.fleet.servers import OwnerConnection, only_one, owner_connection
from platform_core.fleet.template import current_template

WORK = "spare databases"
# A queued refill that nobody took in this time is forgotten: the recurring one does its work.
QUEUED_REFILL_SECONDS = 60
SESSIONS_GONE_SECONDS = 2.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class RefillResult:
    """What a refill of one server did; `ready` is how many spares wait now."""

    server: str
    made: int
    dropped: int
    ready: int
    busy: bool = False


# One statement, which no two runs can share. A spare that the run claimed before it was killed comes first.
CLAIM = """
WITH claimed AS (
    UPDATE spare_databases SET state = 'claimed', claimed_by = %(run)s
    WHERE id = COALESCE(
        (SELECT mine.id FROM spare_databases mine WHERE mine.claimed_by = %(run)s),
        (
            SELECT spare.id
            FROM spare_databases spare JOIN tenant_templates template ON template.id = spare.template_id
            WHERE spare.server = %(server)s AND spare.state = 'ready' AND template.is_current
            ORDER BY spare.created_at LIMIT 1 FOR UPDATE OF spare SKIP LOCKED
        )
    )
    RETURNING id, name
), noted AS (
    UPDATE provisioning_runs SET spare_used = true WHERE id = %(run)s AND EXISTS (
        SELECT FROM claimed JOIN spare_databases before ON before.id = claimed.id AND before.state = 'ready'
    )
)
SELECT id, name FROM claimed
"""


def claim_spare(server: str, *, run_id: UUID) -> SpareDatabase | None:
    """Take the oldest ready spare of `server` for a run and note it there; None when the pool is empty.

    A run that holds a database already gets the same one again.
    """
    return next(iter(SpareDatabase.objects.raw(CLAIM, {"run": run_id, "server": server})), None)


def make_database_for(connection: OwnerConnection, server: str, *, run_id: UUID) -> SpareDatabase:
    """Clone a database for a run because no spare waits. The row comes first: a kill leaves nothing unaccounted for.

    Errors: TemplateMissing, TemplateBusy; neither row nor database is left then.
    """
    template = current_template(server)
    spare = SpareDatabase.objects.create(
        server_id=server, name=spare_name(), template=template, state=SpareState.CLAIMED, claimed_by_id=run_id
    )
    try:
        clone_database(connection, spare.name, template=template.database_name, server=server)
    except Exception:
        spare.delete()
        raise
    return spare


def refill_spares(server: str, *, wanted: int | None = None, rebuild: bool = False) -> RefillResult:
    """Drop what is outdated or half-made and make spares until `wanted` (`settings.FLEET_SPARES`) wait on `server`.

    `rebuild` drops every waiting spare first. Only one process refills a server at a time: another finds it `busy` and
    leaves, so that concurrent refills never overshoot.
    Errors: TemplateMissing, TemplateBusy.
    """
    target = settings.FLEET_SPARES if wanted is None else wanted
    with owner_connection(server) as connection:
        try:
            with only_one(connection, WORK, wait_seconds=0):
                template = current_template(server)
                dropped = _drop_unusable(connection, server, template, everything=rebuild)
                made = 0
                while _ready(server) < target:
                    _make(connection, server, template)
                    made += 1
                return RefillResult(server=server, made=made, dropped=dropped, ready=_ready(server))
        except FleetBusy:
            return RefillResult(server=server, made=0, dropped=0, ready=_ready(server), busy=True)


def _ready(server: str) -> int:
    return SpareDatabase.objects.filter(server__key=server, state=SpareState.READY, template__is_current=True).count()


def _drop_unusable(connection: OwnerConnection, server: str, template: TemplateVersion, *, everything: bool) -> int:
    """A row that is still `building` is a killed refill's: this process holds the only right to build."""
    waiting = SpareDatabase.objects.filter(server__key=server).exclude(state=SpareState.CLAIMED)
    if not everything:
        waiting = waiting.exclude(state=SpareState.READY, template=template)
    dropped = 0
    for spare in waiting:
        # A run may claim a ready spare at this very moment: only who changes the row may touch the database.
        if SpareDatabase.objects.filter(pk=spare.pk, state=spare.state).update(state=SpareState.BUILDING):
            drop_database(connection, spare.name)
            spare.delete()
            dropped += 1
    return dropped


def _make(connection: OwnerConnection, server: str, template: TemplateVersion) -> None:
    spare = SpareDatabase.objects.create(server_id=server, name=spare_name(), template=template)
    try:
        clone_database(connection, spare.name, template=template.database_name, server=server)
        lock_down_database(connection, spare.name)
        _warm_up(connection, server, spare.name)
    except Exception:
        drop_database(connection, spare.name)
        spare.delete()
        raise
    SpareDatabase.objects.filter(pk=spare.pk).update(state=SpareState.READY)


def _warm_up(connection: OwnerConnection, server: str, name: str) -> None:
    """The first session of a database writes the file that later ones start from (4 ms faster): not at sign-up."""
    with owner_connection(server, name) as first:
        first.execute("SELECT count(*) FROM tenant_sentinel")
    # A session ends a moment after it was closed, and renaming a database waits 100 ms for any that is left.
    deadline = time.monotonic() + SESSIONS_GONE_SECONDS
    while time.monotonic() < deadline:
        if connection.execute("SELECT FROM pg_stat_activity WHERE datname = %s", (name,)).fetchone() is None:
            return
        time.sleep(0.001)


def refill_every_server() -> list[RefillResult]:
    """Refill the spares of every open server that the settings know."""
    servers = DatabaseServer.objects.filter(state=ServerState.OPEN, key__in=list(settings.DATABASE_SERVERS))
    return [refill_spares(key) for key in servers.values_list("key", flat=True)]


def queue_refill() -> None:
    """Ask a worker to refill, without waiting. With no broker the recurring refill does it later."""
    try:
        refill_spares_task.apply_async(expires=QUEUED_REFILL_SECONDS)
    except (BrokerError, OSError) as error:
        logger.warning("a refill of the spare databases could not be queued: %s", error)


@shared_task(name="fleet.refill_spares")  # type: ignore[untyped-decorator]
def refill_spares_task() -> None:
    refill_every_server()
