"""A shop that floods a queue waits by itself."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from redis import Redis

from platform_core.tenancy import fair_share
from platform_core.tenancy.context import tenant_context
from platform_core.tenancy.fair_share import let_in, let_in_all, places_in, waiting
from smartseller.queues import Queue
from tests.real_worker import RealWorker, forget_queue, real_worker
from tests.worker import note_shop_task, say_task

FLOOD = 10_000


@pytest.fixture
def queue(settings: Any) -> Iterator[str]:
    settings.SHOP_TASKS_AT_ONCE = 2
    name = f"tests-{uuid4().hex}"
    yield name
    clear(name)


def broker() -> Redis:
    return current_app.connection_for_write().default_channel.client


def clear(name: str) -> None:
    forget_queue(name)
    client = broker()
    for key in client.keys(f"*{name}*"):
        client.delete(key)
    for room in client.smembers(fair_share._rooms()):
        if name.encode() in room:
            client.srem(fair_share._rooms(), room)


def send(shop: Any, queue: str, *words: str) -> list[str]:
    with tenant_context(shop):
        return [note_shop_task.apply_async([word], queue=queue).id for word in words]


def words_in(queue: str) -> list[str]:
    """What waits in the queue, the first to be taken first."""
    messages = [json.loads(message) for message in reversed(broker().lrange(queue, 0, -1))]
    assert {message["properties"]["delivery_info"]["routing_key"] for message in messages} <= {queue}
    return [json.loads(base64.b64decode(message["body"]))[0][0] for message in messages]


def test_another_shops_message_stands_behind_two_of_a_shop_that_floods(make_shop: Any, queue: str) -> None:
    acme, globex = make_shop("acme"), make_shop("globex")
    send(acme, queue, "a1", "a2", "a3", "a4", "a5")
    send(globex, queue, "g1")
    assert words_in(queue) == ["a1", "a2", "g1"]
    assert waiting()[queue] == 3


def test_what_is_done_lets_the_next_of_its_shop_in_as_it_was_sent(make_shop: Any, queue: str) -> None:
    acme = make_shop("acme")
    first, second, *_ = send(acme, queue, "a1", "a2", "a3", "a4")
    client = broker()
    client.rpop(queue), client.rpop(queue)
    assert let_in(queue, acme.id, done=first) == 1
    assert words_in(queue) == ["a3"]
    assert let_in(queue, acme.id, done=second) == 1
    assert words_in(queue) == ["a3", "a4"]
    assert waiting().get(queue, 0) == 0


def test_a_message_that_is_done_twice_gives_one_place_back(make_shop: Any, queue: str) -> None:
    acme = make_shop("acme")
    first, *_ = send(acme, queue, "a1", "a2", "a3", "a4")
    assert [let_in(queue, acme.id, done=first) for _ in range(3)] == [1, 0, 0]


def test_places_that_nobody_gave_back_are_free_after_their_time(
    make_shop: Any, queue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = make_shop("acme")
    send(acme, queue, "a1", "a2", "a3")
    assert let_in_all() == 0
    _, until = fair_share._from_to()
    monkeypatch.setattr(fair_share, "_from_to", lambda: (until + 1, until + 1 + fair_share.LEASE_SECONDS))
    assert let_in_all() == 1
    assert words_in(queue) == ["a1", "a2", "a3"]


def test_what_is_sent_for_later_or_again_takes_no_place(make_shop: Any, queue: str) -> None:
    acme = make_shop("acme")
    send(acme, queue, "a1", "a2")
    with tenant_context(acme):
        note_shop_task.apply_async(["later"], queue=queue, countdown=60)
    assert words_in(queue) == ["a1", "a2", "later"]


def test_long_work_has_half_the_places(settings: Any) -> None:
    settings.SHOP_TASKS_AT_ONCE = 4
    assert [places_in(queue) for queue in Queue] == [4, 4, 2, 4, 4]
    settings.SHOP_TASKS_AT_ONCE = 1
    assert places_in(Queue.FILES) == 1


@pytest.fixture
def worker(platform: Any, tmp_path: Any, settings: Any) -> Iterator[RealWorker]:
    settings.SHOP_TASKS_AT_ONCE = 2
    with real_worker(tmp_path) as worker:
        yield worker
    clear(worker.name)


@pytest.mark.slow
def test_a_flood_of_ten_thousand_delays_another_shop_by_two_messages(make_shop: Any, worker: RealWorker) -> None:
    acme, globex = make_shop("acme"), make_shop("globex")
    with tenant_context(acme):
        for number in range(FLOOD):
            say_task.apply_async([str(number)], queue=worker.name)
    with tenant_context(globex):
        say_task.apply_async(["order"], queue=worker.name)
    worker.start()
    done = [worker.next_done() for _ in range(40)]
    assert done.index("globex/order") == 2
    assert [word for word in done if word.startswith("acme/")] == [f"acme/{number}" for number in range(39)]
