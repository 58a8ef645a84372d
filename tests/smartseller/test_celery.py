import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from smartseller import celery_app
from smartseller.celery import (
    TASK_SOFT_TIME_LIMIT_SECONDS,
    TASK_TIME_LIMIT_SECONDS,
    VISIBILITY_TIMEOUT_SECONDS,
)
from smartseller.demo.__main__ import WORKERS
from smartseller.queues import ROUTES, TASKS, Queue
from smartseller.schedule import SCHEDULE


def test_a_task_ends_before_its_message_is_given_to_another_worker() -> None:
    assert TASK_SOFT_TIME_LIMIT_SECONDS < TASK_TIME_LIMIT_SECONDS < VISIBILITY_TIMEOUT_SECONDS
    assert celery_app.conf.task_time_limit == TASK_TIME_LIMIT_SECONDS
    assert celery_app.conf.broker_transport_options["visibility_timeout"] == VISIBILITY_TIMEOUT_SECONDS


def test_a_task_that_was_not_finished_is_run_again() -> None:
    assert celery_app.conf.task_acks_late is True
    assert celery_app.conf.task_reject_on_worker_lost is True
    assert celery_app.conf.worker_prefetch_multiplier == 1


def test_the_demo_takes_from_every_queue() -> None:
    taken = [queue for queues in WORKERS.values() for queue in queues.split(",")]
    assert sorted(taken) == sorted(queue.value for queue in Queue)


def test_messages_are_json_and_nothing_else_is_read() -> None:
    assert celery_app.conf.task_serializer == "json"
    assert list(celery_app.conf.accept_content) == ["json"]


def test_tasks_are_never_run_in_the_process_that_queues_them() -> None:
    assert celery_app.conf.task_always_eager is False


def test_every_recurring_job_names_a_task_that_a_worker_knows() -> None:
    celery_app.loader.import_default_modules()

    assert {job["task"] for job in SCHEDULE.values()} <= set(celery_app.tasks)


def test_every_task_has_its_queue_and_goes_there() -> None:
    celery_app.loader.import_default_modules()
    listed = [task for tasks in TASKS.values() for task in tasks]
    ours = {name for name in celery_app.tasks if not name.startswith(("celery.", "tests."))}
    assert sorted(listed) == sorted(ours)
    for name in listed:
        route = celery_app.amqp.router.route({}, name)
        assert (route["queue"].name, route["queue"].routing_key) == (ROUTES[name]["queue"],) * 2


def test_a_worker_that_is_not_told_takes_from_every_queue() -> None:
    assert set(celery_app.amqp.queues) == {queue.value for queue in Queue}


def test_a_broker_that_is_down_is_reported_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Celery("alone", broker="redis+socket:///nowhere/valkey.sock?virtual_host=1", set_as_current=False)
    app.conf.broker_transport_options = celery_app.conf.broker_transport_options
    app.conf.task_publish_retry = celery_app.conf.task_publish_retry
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)

    with pytest.raises(OperationalError):
        app.send_task("any")

    assert sum(pauses) == 0
