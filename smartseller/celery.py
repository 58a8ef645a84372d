"""The Celery application: `celery -A smartseller worker` and `celery -A smartseller beat`.

Both commands need `DJANGO_SETTINGS_MODULE` in their environment. Tasks are shells that stand below the function they
run, in the rooms; each app's `tasks.py` is the index of them.
"""

from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from kombu.entity import Queue as BrokerQueue

from smartseller.queues import DEFAULT, ROUTES, Queue
from smartseller.schedule import SCHEDULE

# A message that a worker took and never finished (its machine died) is given to another one after this long. A
# task is stopped before, so that two workers never run one message at the same time.
VISIBILITY_TIMEOUT_SECONDS = 3600
TASK_TIME_LIMIT_SECONDS = 3300
TASK_SOFT_TIME_LIMIT_SECONDS = 3240

# Every task is watched: what kills its worker, or fails for good, is set aside (docs/operations/queues.md).
app = Celery("smartseller", task_cls="platform_core.parking.watched:WatchedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    task_ignore_result=True,
    task_queues=[BrokerQueue(queue.value, routing_key=queue.value) for queue in Queue],  # type: ignore[no-untyped-call]
    task_default_queue=DEFAULT.value,
    task_default_routing_key=DEFAULT.value,
    task_routes=ROUTES,
    # A task is done when it has run, not when it was taken: each must be safe to run twice.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_time_limit=TASK_TIME_LIMIT_SECONDS,
    task_soft_time_limit=TASK_SOFT_TIME_LIMIT_SECONDS,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_TIMEOUT_SECONDS,
        "socket_connect_timeout": 1,
        "socket_timeout": 1,
        # A page that queues a task must not wait six seconds for a broker that is down: the caller sees the error
        # at once.
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0,
    },
    broker_connection_retry_on_startup=True,
    task_publish_retry=False,
    worker_hijack_root_logger=False,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    timezone="UTC",
    enable_utc=True,
    beat_schedule=SCHEDULE,
    beat_scheduler="smartseller.beat:OneLeaderScheduler",
)
app.autodiscover_tasks(["platform_core", "tenant_shop"])


def _hold_the_embedded_servers(**kwargs: Any) -> None:
    """The worker and beat are processes like any other: while they live, the embedded servers stay."""
    from django.conf import settings

    from smartseller.embedded import ensure_running

    if settings.EMBEDDED:
        ensure_running(settings.EMBEDDED)


def _watch_tasks(**kwargs: Any) -> None:
    from smartseller.observability.tasks import watch_tasks

    watch_tasks()


app.on_after_configure.connect(_watch_tasks)
worker_init.connect(_hold_the_embedded_servers)
beat_init.connect(_hold_the_embedded_servers)
