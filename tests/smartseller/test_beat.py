"""Several schedulers, one of which sends."""

from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from celery import Celery
from django.conf import settings

from smartseller import beat
from smartseller.beat import LEASE_SECONDS, PAUSE_SECONDS, OneLeaderScheduler

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOURLY = {"count": {"task": "tests.count", "schedule": timedelta(hours=1)}}


@pytest.fixture
def queue(platform):
    """The queue's server, without what other tests left of schedulers."""
    client = redis.Redis.from_url(settings.EMBEDDED.redis_url(1))
    for key in client.scan_iter(f"{settings.DATABASE_PREFIX}beat*"):
        client.delete(key)
    return client


@pytest.fixture
def start(queue, tmp_path, monkeypatch):
    """Start a scheduler: `start("first")`; what it sends is in its list `sent`."""
    started = []

    def start(name: str, schedule=HOURLY) -> OneLeaderScheduler:
        app = Celery(name, broker=settings.CELERY_BROKER_URL, set_as_current=False)
        app.conf.beat_schedule = schedule
        scheduler = OneLeaderScheduler(app=app, schedule_filename=str(tmp_path / name))
        scheduler.sent = []
        monkeypatch.setattr(scheduler, "send_task", lambda task, *args, **kwargs: scheduler.sent.append(task))
        started.append(scheduler)
        return scheduler

    yield start
    for scheduler in started:
        scheduler.close()


def run(*schedulers: OneLeaderScheduler) -> list[list[str]]:
    """What each of them sends when it is asked twice now."""
    for scheduler in schedulers:
        scheduler.sent.clear()
        for _ in range(2):
            scheduler.tick()
    return [scheduler.sent.copy() for scheduler in schedulers]


def dies(scheduler: OneLeaderScheduler, queue: redis.Redis) -> None:
    """What is left of it after a kill, once its lease has run out."""
    queue.delete(f"{settings.DATABASE_PREFIX}beat")
    scheduler._leads = False


def test_of_two_the_first_sends_and_the_other_stands_by(start):
    with time_machine.travel(NOON, tick=False) as clock:
        first, second = start("first"), start("second")
        assert run(first, second) == [[], []]
        clock.shift(timedelta(hours=1))
        assert run(first, second) == [["tests.count"], []]
        assert second.tick() == PAUSE_SECONDS


def test_when_the_leader_is_gone_the_other_sends_what_fell_due_since_and_nothing_twice(start, queue):
    with time_machine.travel(NOON, tick=False) as clock:
        first, second = start("first"), start("second")
        run(first, second)
        clock.shift(timedelta(hours=1))
        assert run(first, second) == [["tests.count"], []]
        clock.shift(timedelta(minutes=30))
        dies(first, queue)
        assert run(second) == [[]], "the first has sent it"
        clock.shift(timedelta(minutes=31))
        assert run(second) == [["tests.count"]]


def test_a_leader_that_was_paused_finds_another_one_and_stands_by(start, queue):
    with time_machine.travel(NOON, tick=False) as clock:
        first, second = start("first"), start("second")
        run(first, second)
        queue.delete(f"{settings.DATABASE_PREFIX}beat")
        run(second)
        clock.shift(timedelta(hours=1))
        assert run(first, second) == [[], ["tests.count"]]


def test_a_leader_that_ends_lets_another_one_lead_at_once(start):
    with time_machine.travel(NOON, tick=False) as clock:
        first, second = start("first"), start("second")
        run(first, second)
        first.close()
        clock.shift(timedelta(hours=1))
        assert run(second) == [["tests.count"]]


def test_the_lead_ends_by_itself(start, queue):
    first = start("first")
    first.tick()
    assert 0 < queue.pttl(f"{settings.DATABASE_PREFIX}beat") <= LEASE_SECONDS * 1000
    assert PAUSE_SECONDS * 2 < LEASE_SECONDS, "a leader that misses one round still leads"


def test_while_the_queue_is_down_nothing_is_sent_and_beat_lives(start, monkeypatch, caplog):
    first = start("first")

    def down(self):
        raise redis.exceptions.ConnectionError("no such socket")

    monkeypatch.setattr(beat.Leadership, "hold", down)
    assert (first.tick(), first.sent) == (PAUSE_SECONDS, [])
    assert "the queue does not answer, nothing is sent: no such socket" in caplog.text
    monkeypatch.undo()
    first.tick()
    assert first._leads
