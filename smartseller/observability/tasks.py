"""What is seen of tasks: the request that queued one, how long it ran, how it ended."""

from time import perf_counter
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.conf import settings

from smartseller.observability import metrics
from smartseller.observability.request_id import SOUND, begin, current_request_id, forget

HEADER = "smartseller_request_id"


def watch_tasks() -> None:
    """From now on a task carries the name of the request that queued it; one that none queued has its own."""
    before_task_publish.connect(_send_along, dispatch_uid="observability.send_along")
    task_prerun.connect(_begin, dispatch_uid="observability.begin")
    task_postrun.connect(_end, dispatch_uid="observability.end")


def _send_along(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and current_request_id():
        headers.setdefault(HEADER, current_request_id())


def _begin(task: Any, task_id: str, **_: Any) -> None:
    sent = getattr(task.request, HEADER, None) or (task.request.headers or {}).get(HEADER)
    begin(sent if isinstance(sent, str) and SOUND.fullmatch(sent) else task_id)
    task.request.smartseller_started = perf_counter()


def _end(task: Any, state: str | None = None, **_: Any) -> None:
    started = getattr(task.request, "smartseller_started", None)
    if settings.METRICS_TOKEN and started is not None:
        metrics.TASK_SECONDS.labels(task.name, (state or "unknown").lower()).observe(perf_counter() - started)
    forget()
