"""Tasks and what caused them."""

from types import SimpleNamespace

import pytest
from celery.signals import before_task_publish, task_postrun, task_prerun
from django.test import override_settings

from smartseller.observability import metrics
from smartseller.observability.request_id import current_request_id, named
from smartseller.observability.tasks import HEADER, watch_tasks

NAME = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture(autouse=True)
def watched():
    watch_tasks()


def task(**request: object) -> SimpleNamespace:
    return SimpleNamespace(name="test.task", request=SimpleNamespace(headers=None, **request))


def test_a_task_is_sent_with_the_name_of_its_request_and_takes_it_over():
    headers: dict[str, object] = {}
    with named(NAME):
        before_task_publish.send(sender="test.task", headers=headers)
    assert headers == {HEADER: NAME}
    running = task(**headers)
    task_prerun.send(sender="test.task", task=running, task_id="a-task-of-its-own")
    assert current_request_id() == NAME
    task_postrun.send(sender="test.task", task=running, state="SUCCESS")
    assert current_request_id() == ""


@pytest.mark.parametrize("sent", [{}, {HEADER: "two\nlines, forged"}, {HEADER: 7}])
def test_a_task_that_no_request_caused_has_its_own_name(sent):
    running = task(**sent)
    task_prerun.send(sender="test.task", task=running, task_id="a-task-of-its-own")
    assert current_request_id() == "a-task-of-its-own"
    task_postrun.send(sender="test.task", task=running, state="FAILURE")


def test_nothing_is_sent_along_where_no_request_is():
    headers: dict[str, object] = {}
    before_task_publish.send(sender="test.task", headers=headers)
    assert headers == {}


def test_tasks_are_counted_by_name_and_outcome():
    def counted() -> float:
        [family] = metrics.TASK_SECONDS.labels("test.task", "retry").collect()
        return next(sample.value for sample in family.samples if sample.name.endswith("_count"))

    before = counted()
    running = task()
    task_prerun.send(sender="test.task", task=running, task_id="x" * 8)
    with override_settings(METRICS_TOKEN="a token"):
        task_postrun.send(sender="test.task", task=running, state="RETRY")
    assert counted() == before + 1
