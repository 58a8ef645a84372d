"""What an operator does with tasks that were set aside."""

from collections.abc import Iterable

from celery import current_app
from django.db import transaction
from django.db.models import Count

from platform_core.audit.record import record
from platform_core.parking.models import ParkedTask, ParkingReason
from platform_core.parking.watched import allow
from platform_core.tenancy.tasks import HEADER, sign_tenant


def retry(parked: Iterable[ParkedTask]) -> int:
    """Queue them again and take them off the list; how many. What fails again is set aside again.

    Errors: RedisError, OSError, kombu's OperationalError: those not yet queued stay on the list.
    """
    count = 0
    for task in parked:
        allow(task.digest)
        headers = {HEADER: sign_tenant(task.tenant_id)} if task.tenant_id else {}
        current_app.send_task(task.task, args=task.args, kwargs=task.kwargs, headers=headers, ignore_result=True)
        _off_the_list(task, "retry_task")
        count += 1
    return count


def discard(parked: Iterable[ParkedTask]) -> int:
    """Take them off the list; how many. Errors: RedisError, OSError, kombu's OperationalError."""
    count = 0
    for task in parked:
        allow(task.digest)
        _off_the_list(task, "discard_task")
        count += 1
    return count


def _off_the_list(task: ParkedTask, action: str) -> None:
    with transaction.atomic():
        record(
            action,
            resource_type="parkedtask",
            resource_id=task.pk,
            tenant_id=task.tenant_id,
            metadata={"name": task.task},
        )
        task.delete()


def parked_by_reason() -> dict[str, int]:
    """How many tasks are set aside, by reason. One statement."""
    found = dict(ParkedTask.objects.order_by().values_list("reason").annotate(Count("pk")))
    return {str(reason): found.get(reason, 0) for reason in ParkingReason}
