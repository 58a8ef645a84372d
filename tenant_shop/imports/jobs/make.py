"""Taking a job."""

from collections.abc import Sequence
from typing import Any

from platform_core.plans.limits import Limited
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import after_commit, shop_transaction
from tenant_shop.imports.jobs.carry_out import queue_job
from tenant_shop.imports.jobs.errors import TooManyJobs, TooManyRows
from tenant_shop.imports.jobs.models import BulkJob, BulkRow
from tenant_shop.imports.jobs.rows import Sender

MOST_ROWS = 5_000
MOST_JOBS = 5
# One at a time, or the last places would be taken twice.
TAKE_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('bulk jobs', 0))"


def most_rows() -> int:
    """How many rows a job may have: as many as the plan includes calls an hour, at most 5,000. No statement."""
    calls = current_tenant().plan_terms.of(Limited.API_CALLS_PER_HOUR)
    return MOST_ROWS if calls is None else min(MOST_ROWS, calls)


def make_job(kind: BulkJob.Kind, rows: Sequence[Any], *, sender: Sender) -> BulkJob:
    """Keep the rows and have a worker make them in their order.

    Errors, with nothing kept: TooManyRows, TooManyJobs.
    """
    most = most_rows()
    if len(rows) > most:
        raise TooManyRows(most)
    with shop_transaction():
        with shop_connection().cursor() as cursor:
            cursor.execute(TAKE_TURN)
        if BulkJob.objects.exclude(state=BulkJob.State.DONE).count() >= MOST_JOBS:
            raise TooManyJobs(MOST_JOBS)
        origin = {
            "ip_address": sender.origin.ip_address,
            "user_agent": sender.origin.user_agent,
            "marks": dict(sender.origin.marks),
        }
        job = BulkJob.objects.create(kind=kind, total=len(rows), actor=sender.actor, origin=origin)
        BulkRow.objects.bulk_create(
            (BulkRow(job=job, number=number, body=body) for number, body in enumerate(rows)), batch_size=1_000
        )
        after_commit(queue_job, job.pk)
    return job
