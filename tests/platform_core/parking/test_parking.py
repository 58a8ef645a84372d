"""What kills its worker, or fails for good, is set aside with its arguments."""

import base64
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from celery.exceptions import Ignore, Retry
from django.core.management import CommandError, call_command
from django.db import OperationalError

from platform_core.fleet.gauges import fleet_gauges
from platform_core.parking import watched
from platform_core.parking.models import ParkedTask
from platform_core.parking.park import digest_of, park
from platform_core.parking.release import parked_by_reason
from platform_core.parking.watched import MOST_STARTS
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.errors import TenantNotServing
from platform_core.tenancy.tasks import HEADER, sign_tenant
from tests.real_worker import RealWorker, forget_queue, real_worker
from tests.worker import fail_unless_task, kill_worker_task, note_shop_task, say_task


@pytest.fixture(autouse=True)
def nothing_is_parked(platform: Any) -> Iterator[None]:
    yield
    ParkedTask.objects.all().delete()


@pytest.fixture
def worker(platform: Any, tmp_path: Any) -> Iterator[RealWorker]:
    with real_worker(tmp_path) as worker:
        worker.start()
        yield worker


def command(*arguments: str) -> Any:
    out = StringIO()
    call_command("parked_tasks", *arguments, "--json", stdout=out, stderr=StringIO())
    return json.loads(out.getvalue())


def fail(task: Any, error: Exception, *args: Any, **request: Any) -> None:
    """As the worker says it when a task's last try failed."""
    task.push_request(args=list(args), kwargs={}, is_eager=False, **request)
    try:
        task.on_failure(error, "id", list(args), {}, None)
    finally:
        task.pop_request()


def test_a_task_that_failed_for_good_is_set_aside_with_its_arguments_and_counted(make_shop: Any) -> None:
    acme = make_shop("acme")
    for _ in range(2):
        fail(note_shop_task, ValueError("no"), "chairs", headers={HEADER: sign_tenant(acme.id)})
    (parked,) = command()
    assert (parked["task"], parked["args"], parked["kwargs"], parked["shop"]) == (
        "tests.note_shop", ["chairs"], {}, "acme",
    )  # fmt: skip
    assert (parked["reason"], parked["failures"], parked["error"]) == ("failed", 2, "ValueError: no")
    assert parked_by_reason() == {"killed": 0, "failed": 1}


def test_what_comes_again_by_itself_or_met_a_closed_shop_is_not(make_shop: Any) -> None:
    headers = {HEADER: sign_tenant(make_shop("acme").id)}
    fail(note_shop_task, ValueError("no"), "chairs", headers=headers, expires="2030-01-01T00:00:00Z")
    fail(note_shop_task, TenantNotServing("acme", "suspended"), "chairs", headers=headers)
    assert command() == []


def test_the_same_task_of_another_shop_is_another_one(make_shop: Any) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    for shop in (acme, bolt):
        park("any", ["x"], {}, shop.id, reason="failed", error="")
    assert sorted(line["shop"] for line in command()) == ["acme", "bolt"]
    assert digest_of("any", ["x"], {}, acme.id) != digest_of("any", ["x"], {}, None)


def test_a_message_that_was_begun_three_times_and_never_ended_is_not_begun_again(make_shop: Any) -> None:
    acme = make_shop("acme")
    request = {"headers": {HEADER: sign_tenant(acme.id)}}

    def begin(task_id: str) -> None:
        note_shop_task.push_request(**request)
        try:
            note_shop_task.before_start(task_id, ["chairs"], {})
        finally:
            note_shop_task.pop_request()

    for _ in range(MOST_STARTS):
        begin(f"{acme.id}-first")
    with pytest.raises(Ignore):
        begin(f"{acme.id}-first")
    with pytest.raises(Ignore):  # an equal one
        begin(f"{acme.id}-second")
    (parked,) = command()
    assert (parked["reason"], parked["failures"]) == ("killed", 1)
    command("--discard", parked["id"])
    begin(f"{acme.id}-third")
    assert command() == []


def test_a_message_that_cannot_be_set_aside_stays_in_the_broker(
    make_shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme, queue = make_shop("acme"), f"tests-{uuid4().hex}"
    token = sign_tenant(acme.id)

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("the server is away")

    monkeypatch.setattr(watched, "park", away)
    client = current_app.connection_for_write().default_channel.client
    client.set(watched._starts_key(f"{acme.id}-first"), MOST_STARTS)
    note_shop_task.push_request(
        id=f"{acme.id}-first",
        args=["chairs"],
        kwargs={},
        headers={HEADER: token},
        called_directly=False,
        delivery_info={"exchange": "", "routing_key": queue},
    )
    try:
        with pytest.raises(Retry):
            note_shop_task.before_start(f"{acme.id}-first", ["chairs"], {})
    finally:
        note_shop_task.pop_request()
        (message,) = [json.loads(each) for each in client.lrange(queue, 0, -1)]
        client.delete(queue)
        forget_queue(queue)
    assert (message["headers"]["id"], message["headers"][HEADER]) == (f"{acme.id}-first", token)
    assert message["headers"]["eta"] is not None
    assert json.loads(base64.b64decode(message["body"]))[0] == ["chairs"]


def test_a_shop_that_is_deleted_takes_its_parked_tasks_with_it(make_shop: Any, platform: Any) -> None:
    park("any", [], {}, make_shop("acme").id, reason="failed", error="")
    platform.clean()
    assert not ParkedTask.objects.exists()


def test_what_is_named_wrongly_is_refused_and_nothing_is_done(make_shop: Any) -> None:
    park("any", [], {}, make_shop("acme").id, reason="failed", error="")
    for name in ("nonsense", "0192d3a0-0000-7000-8000-000000000000"):
        with pytest.raises(CommandError):
            command("--discard", name)
    assert ParkedTask.objects.count() == 1


def test_a_monitor_sees_how_many_are_set_aside(make_shop: Any) -> None:
    park("any", [], {}, make_shop("acme").id, reason="killed", error="")
    found = {
        tuple(sample.labels.items()): sample.value
        for family in fleet_gauges() if family.name == "smartseller_parked_tasks" for sample in family.samples
    }  # fmt: skip
    assert found == {(("reason", "killed"),): 1, (("reason", "failed"),): 0}


def until_parked(worker: RealWorker, shop: Any) -> ParkedTask:
    """Waits for it by letting the worker do other work."""
    for number in range(100):
        if found := ParkedTask.objects.first():
            return found
        with tenant_context(shop):
            say_task.apply_async([str(number)], queue=worker.name)
        while not worker.next_done().endswith(f"/{number}"):
            pass
    raise AssertionError(worker.log())


@pytest.mark.slow
def test_a_task_that_kills_its_worker_is_set_aside_and_the_worker_goes_on(make_shop: Any, worker: RealWorker) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    with tenant_context(acme):
        kill_worker_task.apply_async([7], queue=worker.name)
    kills = [worker.next_done() for _ in range(MOST_STARTS)]
    assert kills == ["killed/7"] * MOST_STARTS
    parked = until_parked(worker, bolt)
    assert (parked.task, parked.args, parked.tenant_id, parked.reason) == ("tests.kill_worker", [7], acme.id, "killed")


@pytest.mark.slow
def test_a_failed_task_that_is_tried_again_and_succeeds_leaves_the_list(
    make_shop: Any, worker: RealWorker, tmp_path: Any
) -> None:
    acme, flag = make_shop("acme"), tmp_path / "mended"
    with tenant_context(acme):
        fail_unless_task.apply_async([str(flag)], queue=worker.name)
    assert worker.next_done() == "tried"
    assert until_parked(worker, acme).reason == "failed"
    flag.touch()
    with tenant_context(acme):
        fail_unless_task.apply_async([str(flag)], queue=worker.name)
        assert worker.next_done() == "tried"
        say_task.apply_async(["after"], queue=worker.name)
    assert worker.next_done() == "acme/after"
    assert command() == []
