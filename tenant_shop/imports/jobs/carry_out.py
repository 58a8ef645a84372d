"""What a worker does with a job: row after row, each once, whoever is killed in between."""

import logging
from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from platform_core.audit.origin import Origin
from platform_core.tenancy.tasks import TenantTask
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.imports.jobs import rows
from tenant_shop.imports.jobs.models import BulkJob, BulkRow
from tenant_shop.imports.jobs.rows import Result, Run, Sender

logger = logging.getLogger(__name__)

# A row that was begun so often and never ended kills its workers, or fails in a way that nobody knew of.
MOST_ATTEMPTS = 3
# A worker says something with each row; one that is silent for so long was killed.
SILENT = timedelta(minutes=10)
KEEP = timedelta(days=30)
AGAIN_SECONDS = 30
WAITING = BulkRow.State.WAITING
GIVEN_UP = Result(500, error={"code": "server_error", "message": "This row failed on our side.", "param": None})


def carry_out_job(job_id: UUID) -> None:
    """Make the rows that wait, in their order. Safe to run twice, also at once: a row is one worker's at a time.

    What a row says and what came of it are one transaction, so that a killed worker leaves nothing half done and its
    successor begins with the very row. Errors: OperationalError, when the database is lost.
    """
    job = BulkJob.objects.filter(pk=job_id).first()
    if job is None:
        return
    run, sender = rows.load()[job.kind], _sender(job)
    while (row_id := _begin(job_id)) is not None:
        try:
            _make(job_id, row_id, run, sender)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # what nobody knew of is this row's; it is tried again, and others have their turn
            logger.exception("row %s of a job failed", row_id)


def _begin(job_id: UUID) -> UUID | None:
    """The next row, which somebody is about to begin; None when none waits, and the job is done then.

    One that was begun too often is given up here.
    """
    with shop_transaction():
        job = BulkJob.objects.select_for_update(no_key=True).filter(pk=job_id).first()
        if job is None or job.state == BulkJob.State.DONE:
            return None
        while (row := BulkRow.objects.filter(job=job, state=WAITING).order_by("number").first()) is not None:
            if row.attempts < MOST_ATTEMPTS:
                BulkRow.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
                BulkJob.objects.filter(pk=job_id).update(state=BulkJob.State.RUNNING)
                return row.pk
            _write_down(row, GIVEN_UP)
        BulkJob.objects.filter(pk=job_id).update(state=BulkJob.State.DONE, ended_at=timezone.now())
    return None


def _make(job_id: UUID, row_id: UUID, run: Run, sender: Sender) -> None:
    with shop_transaction():
        # Whoever makes a row of a job keeps the others of it waiting.
        list(BulkJob.objects.select_for_update(no_key=True).filter(pk=job_id).values("pk"))
        row = BulkRow.objects.filter(pk=row_id, state=WAITING).first()
        if row is not None:
            _write_down(row, run(row.body or {}, sender))


def _write_down(row: BulkRow, result: Result) -> None:
    is_done = result.error is None
    row.state = BulkRow.State.DONE if is_done else BulkRow.State.FAILED
    row.status, row.subject_id, row.body = result.status, result.subject_id, None
    row.error = None if result.error is None else dict(result.error)
    row.save(update_fields=["state", "status", "subject_id", "error", "body"])
    counted = "done" if is_done else "failed"
    BulkJob.objects.filter(pk=row.job_id).update(**{counted: F(counted) + 1})


def _sender(job: BulkJob) -> Sender:
    kept = job.origin
    marks = {**kept.get("marks", {}), "job": str(job.pk)}
    return Sender(job.actor, Origin(user_id=None, ip_address=kept.get("ip_address"),
                                    user_agent=kept.get("user_agent"), marks=marks))  # fmt: skip


@shared_task(  # type: ignore[untyped-decorator]
    base=TenantTask,
    name="imports.job",
    autoretry_for=(OperationalError, InterfaceError),
    default_retry_delay=AGAIN_SECONDS,
    max_retries=20,
)
def job_task(job_id: str) -> None:
    carry_out_job(UUID(job_id))


def queue_job(job_id: UUID) -> None:
    """Have a worker take the job on; without a broker the round of every five minutes does."""
    try:
        job_task.delay(str(job_id))
    except BrokerDown as error:
        logger.warning("a job waits for the next round: %s", error)


def keep_jobs() -> None:
    """Take on jobs whose worker was killed or never heard of them; forget those that are long over. Safe to repeat."""
    now = timezone.now()
    silent = BulkJob.objects.exclude(state=BulkJob.State.DONE).filter(updated_at__lt=now - SILENT)
    for job_id in silent.values_list("pk", flat=True):
        queue_job(job_id)
    BulkJob.objects.filter(ended_at__lt=now - KEEP).delete()
