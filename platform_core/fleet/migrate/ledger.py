"""The written record of runs. The databases themselves know what they have: a lost entry costs a look, never a shop."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from platform_core.fleet.migrate.models import (
    MigrationKind,
    MigrationRun,
    MigrationRunState,
    ShopMigration,
    ShopMigrationState,
)
from platform_core.fleet.migrate.shop import Shop
from platform_core.fleet.servers import PLATFORM_SERVER, is_held, owner_connection
from platform_core.tenancy import directory

# The shop may have been given another database since the run looked: then the version is not that one's.
NOTE = """
WITH heart AS (UPDATE migration_runs SET heartbeat_at = clock_timestamp() WHERE id = %(run)s),
result AS (
    SELECT * FROM unnest(%(tenants)s::uuid[], %(epochs)s::int[], %(states)s::text[], %(from)s::text[], %(to)s::text[],
                         %(ms)s::float8[], %(attempts)s::int[], %(errors)s::text[])
    AS r (tenant, epoch, state, from_version, to_version, ms, attempts, error)
), noted AS (
    UPDATE shop_migrations m
    SET state = r.state, from_version = r.from_version, to_version = r.to_version, ms = r.ms, attempts = r.attempts,
        error = r.error, finished_at = clock_timestamp()
    FROM result r WHERE m.run_id = %(run)s AND m.tenant_id = r.tenant
)
UPDATE tenants t SET schema_version = r.to_version FROM result r
WHERE t.id = r.tenant AND t.epoch = r.epoch AND r.to_version <> '' AND t.schema_version <> r.to_version
RETURNING t.id
"""
# By its newest outcome, and while the migrations are the ones that it refused.
IN_QUARANTINE = """
SELECT newest.tenant_id, newest.error FROM (
    SELECT DISTINCT ON (m.tenant_id) m.tenant_id, m.state, m.error, r.schema_digest
    FROM shop_migrations m JOIN migration_runs r ON r.id = m.run_id
    WHERE r.kind = 'migrate' AND m.finished_at IS NOT NULL ORDER BY m.tenant_id, m.finished_at DESC
) newest WHERE newest.state = 'quarantined' AND newest.schema_digest = %s
"""
LONGEST_ERROR = 2000
# What one process at a time has the right to do.
WORK = "migrating shops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one shop. `to_version` is empty when it could not be seen; `counts` against the error budget."""

    shop: Shop
    state: ShopMigrationState
    from_version: str = ""
    to_version: str = ""
    ms: float = 0.0
    attempts: int = 1
    error: str = ""
    counts: bool = True

    @property
    def is_good(self) -> bool:
        return self.state in (ShopMigrationState.SUCCEEDED, ShopMigrationState.CURRENT)


def begin(
    kind: MigrationKind, *, target: str, digest: str, options: dict[str, Any], waves: Sequence[Sequence[UUID]]
) -> MigrationRun:
    """Write a run down, with every shop of its waves; an earlier one that still says it runs has lost its process."""
    with transaction.atomic():
        MigrationRun.objects.filter(state=MigrationRunState.RUNNING).update(
            state=MigrationRunState.INTERRUPTED, finished_at=timezone.now()
        )
        run = MigrationRun.objects.create(
            kind=kind,
            state=MigrationRunState.RUNNING,
            target=target,
            schema_digest=digest,
            options=options,
            host=socket.gethostname(),
            pid=os.getpid(),
        )
        ShopMigration.objects.bulk_create(
            (
                ShopMigration(run=run, tenant_id=tenant, wave=number)
                for number, wave in enumerate(waves)
                for tenant in wave
            ),
            batch_size=2000,
        )
    return run


def take_up(run: MigrationRun) -> None:
    """A run that ended, or whose process did, goes on in this one."""
    with transaction.atomic():
        MigrationRun.objects.filter(state=MigrationRunState.RUNNING).exclude(pk=run.pk).update(
            state=MigrationRunState.INTERRUPTED, finished_at=timezone.now()
        )
        run.state, run.finished_at, run.error = MigrationRunState.RUNNING, None, ""
        run.host, run.pid, run.heartbeat_at = socket.gethostname(), os.getpid(), timezone.now()
        run.save()


def note(run_id: UUID, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes down and the shops' versions with them, in one statement; then tell every process."""
    parameters: dict[str, Any] = {
        "run": run_id,
        "tenants": [outcome.shop.id for outcome in outcomes],
        "epochs": [outcome.shop.epoch for outcome in outcomes],
        "states": [outcome.state.value for outcome in outcomes],
        "from": [outcome.from_version for outcome in outcomes],
        "to": [outcome.to_version for outcome in outcomes],
        "ms": [round(outcome.ms, 2) for outcome in outcomes],
        "attempts": [outcome.attempts for outcome in outcomes],
        "errors": [outcome.error[:LONGEST_ERROR].replace("\0", "") for outcome in outcomes],
    }
    with connection.cursor() as cursor:
        cursor.execute(NOTE, parameters)
        changed = [row[0] for row in cursor.fetchall()]
    for tenant_id in changed:
        directory.forget(tenant_id)


def finish(run: MigrationRun, state: MigrationRunState, error: str = "") -> None:
    """The run is over."""
    run.state, run.error, run.finished_at = state, error, timezone.now()
    run.save(update_fields=["state", "error", "finished_at"])


def state_of(run: MigrationRun) -> str:
    """How the run stands: one that says it runs while nobody has the right to has lost its process."""
    if run.state != MigrationRunState.RUNNING:
        return run.state
    with owner_connection(PLATFORM_SERVER) as connection:
        return run.state if is_held(connection, WORK) else MigrationRunState.INTERRUPTED


def in_quarantine(digest: str) -> dict[UUID, str]:
    """The shops that refused the migrations named by `digest`, and what they said."""
    with connection.cursor() as cursor:
        cursor.execute(IN_QUARANTINE, [digest])
        return dict(cursor.fetchall())
