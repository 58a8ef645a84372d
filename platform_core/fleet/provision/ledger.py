"""The written record of a run: which step began, which is done, how long it took.

Progress is committed without waiting for the disk, in one statement each: every step may run twice, so a
record lost with the server's power costs a repetition, while eight waits would be paid at every sign-up.
"""

from uuid import UUID

from django.db import connection
from django.utils import timezone

from platform_core.fleet.models import ProvisioningRun, ProvisioningStep, RunState, StepState

BEGIN = """
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true)),
beat AS (
    UPDATE provisioning_runs SET heartbeat_at = clock_timestamp() FROM quick WHERE id = %(run)s
)
UPDATE provisioning_steps
SET state = CASE name WHEN %(begun)s THEN 'running' ELSE 'succeeded' END,
    started_at = CASE name WHEN %(begun)s THEN clock_timestamp() ELSE started_at END,
    finished_at = CASE name WHEN %(begun)s THEN NULL ELSE clock_timestamp() END,
    ms = CASE name WHEN %(begun)s THEN NULL ELSE %(ms)s::float8 END,
    error = ''
WHERE run_id = %(run)s AND name IN (%(done)s, %(begun)s)
"""


def note_progress(run_id: UUID, *, done: str | None, ms: float | None, begun: str | None) -> None:
    """The step `done` took `ms` milliseconds, and the step `begun` begins. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"run": run_id, "done": done, "ms": ms, "begun": begun})


def note_start(run_id: UUID) -> None:
    """Another attempt begins."""
    run = ProvisioningRun.objects.only("attempt").get(pk=run_id)
    ProvisioningRun.objects.filter(pk=run_id).update(
        state=RunState.RUNNING,
        attempt=run.attempt + 1,
        heartbeat_at=timezone.now(),
        finished_at=None,
        error="",
    )


def note_success(run_id: UUID) -> None:
    """Every step is done."""
    ProvisioningRun.objects.filter(pk=run_id).update(
        state=RunState.SUCCEEDED, heartbeat_at=timezone.now(), finished_at=timezone.now(), error=""
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
