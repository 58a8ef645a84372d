"""The written record of a run: which step began, which is done, how long it took.

Progress is committed without waiting for the disk, in one statement each: every step may run twice, so a
record lost with the server's power costs a repetition, while eight waits would be paid at every sign-up.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from platform_core.fleet.models import ProvisioningRun, ProvisioningStep, RunState, StepState
from platform_core.plans.limits import read_terms
from platform_core.tenancy.context import TenantInfo

READ = """
SELECT run.id, run.state, run.request, run.spare_used,
       (SELECT jsonb_agg(jsonb_build_array(step.name, step.state, step.ms) ORDER BY step.position)
        FROM provisioning_steps step WHERE step.run_id = run.id),
       tenant.id, tenant.slug, tenant.name, tenant.status, tenant.availability, tenant.epoch, tenant.server,
       tenant.database_name, tenant.domain, tenant.plan_type, tenant.currency, tenant.timezone, tenant.country,
       tenant.theme_config, tenant.schema_version, tenant.sandbox_of,
       (SELECT to_jsonb(plan) FROM tenant_plans plan WHERE plan.name = tenant.plan_type)
FROM provisioning_runs run JOIN tenants tenant ON tenant.id = run.tenant_id
WHERE run.id = %s
"""
PROGRESS = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true)),
run AS (
    UPDATE provisioning_runs
    SET heartbeat_at = clock_timestamp(),
        state = CASE WHEN %(begun)s IS NULL THEN 'succeeded' ELSE state END,
        finished_at = CASE WHEN %(begun)s IS NULL THEN clock_timestamp() END
    FROM quick WHERE id = %(run)s
)
UPDATE provisioning_steps
SET state = CASE name WHEN %(begun)s THEN 'running' ELSE 'succeeded' END,
    started_at = CASE name WHEN %(begun)s THEN clock_timestamp() ELSE started_at END,
    finished_at = CASE name WHEN %(begun)s THEN NULL ELSE clock_timestamp() END,
    ms = CASE name WHEN %(begun)s THEN NULL ELSE %(ms)s::float8 END,
    done_bytes = CASE name WHEN %(begun)s THEN 0 ELSE done_bytes END,
    error = ''
WHERE run_id = %(run)s AND name IN (%(done)s, %(begun)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """A step as it was last written down; `ms` is how long it took, in milliseconds."""

    name: str
    state: str
    ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run, its steps in order, and the shop it makes, as they were at one moment."""

    id: UUID
    state: str
    request: Mapping[str, Any]
    spare_used: bool
    steps: list[StepRecord]
    tenant: TenantInfo


def read_run(run_id: UUID) -> RunRecord:
    """One statement. Errors: ProvisioningRun.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [run_id])
        row = cursor.fetchone()
    if row is None:
        raise ProvisioningRun.DoesNotExist(f"There is no provisioning run {run_id}.")
    found_id, state, request, spare_used, steps, *tenant = row
    return RunRecord(
        id=found_id,
        state=state,
        request=json.loads(request),
        spare_used=spare_used,
        steps=[StepRecord(name=name, state=state, ms=ms) for name, state, ms in json.loads(steps)],
        tenant=_tenant(tenant),
    )


def _tenant(row: Sequence[Any]) -> TenantInfo:
    names = (
        "id", "slug", "name", "status", "availability", "epoch", "server", "database_name", "domain", "plan",
        "currency", "timezone", "country", "theme", "schema_version", "sandbox_of", "plan_terms",
    )  # fmt: skip
    values = dict(zip(names, row, strict=True))
    theme, terms = json.loads(values["theme"] or "{}"), read_terms(values["plan"], values["plan_terms"])
    return TenantInfo(**{**values, "theme": theme, "plan_terms": terms})


def note_progress(run_id: UUID, *, done: str | None, ms: float | None, begun: str | None) -> None:
    """The step `done` took `ms` milliseconds, and the step `begun` begins: None, and the run has succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(PROGRESS, {"run": run_id, "done": done, "ms": ms, "begun": begun})


def note_bytes(run_id: UUID, *, step: str, done: int) -> None:
    """The step `step` has copied `done` bytes, and goes on. Two statements."""
    ProvisioningRun.objects.filter(pk=run_id).update(heartbeat_at=timezone.now())
    ProvisioningStep.objects.filter(run=run_id, name=step).update(done_bytes=done)


def note_start(run_id: UUID) -> None:
    """Another attempt begins."""
    ProvisioningRun.objects.filter(pk=run_id).update(
        state=RunState.RUNNING,
        attempt=F("attempt") + 1,
        heartbeat_at=timezone.now(),
        finished_at=None,
        error="",
    )


def note_failure(run_id: UUID, *, step: str, ms: float, error: str) -> None:
    """The step `step` failed after `ms` milliseconds, and the attempt with it."""
    now = timezone.now()
    ProvisioningStep.objects.filter(run=run_id, name=step).update(
        state=StepState.FAILED, ms=ms, finished_at=now, error=error
    )
    ProvisioningRun.objects.filter(pk=run_id).update(
        state=RunState.FAILED, heartbeat_at=now, finished_at=now, error=error
    )
