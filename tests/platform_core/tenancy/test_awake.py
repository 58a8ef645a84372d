"""Rounds visit shops where something happened; the others are looked after when they fall asleep, and when due."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import redis
from celery import shared_task
from django.utils import timezone

from platform_core.tenancy import awake as awake_shops
from platform_core.tenancy.awake import AWAKE_SECONDS, LOOK_EVERY_SECONDS, awake, due_looks, forget_all, wake
from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import current_tenant, tenant_context
from platform_core.tenancy.fanout import for_each_shop, look_after, queue_looks
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.quick_redis import RedisUnavailable
from platform_core.tenancy.tasks import HEADER, TenantTask, read_tenant
from smartseller import celery_app
from smartseller.schedule import FOR_EACH_SHOP, SCHEDULE
from tenant_shop.catalog.models import Category

from .test_fanout import Outgoing, outgoing

__all__ = ["outgoing"]

ROUND = "tests.one_round"
BROKEN = "tests.broken_round"
JOBS = SCHEDULE["look after shops that sleep"]["kwargs"]["task_names"]
seen: list[str] = []


@shared_task(base=TenantTask, name=ROUND)
def one_round() -> None:
    seen.append(current_tenant().slug)


@shared_task(base=TenantTask, name=BROKEN)
def broken_round() -> None:
    raise ValueError


@pytest.fixture(autouse=True)
def everybody_sleeps() -> Iterator[None]:
    forget_all()
    seen.clear()
    yield
    forget_all()


@pytest.fixture(autouse=True, scope="module")
def every_task_is_known() -> None:
    celery_app.loader.import_default_modules()


def shops_of(messages: Outgoing) -> list[Any]:
    return [read_tenant(message["headers"][HEADER]) for message in messages]


def settle(*shops: Any) -> float:
    """All of them sleep and were looked after just now; that moment."""
    forget_all()
    now = time.time()
    for shop in shops:
        awake_shops.look_at(shop.id, now + LOOK_EVERY_SECONDS)
    return now


def test_a_shop_whose_rows_change_is_awake_and_one_that_is_read_is_not(make_shop: Any) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    forget_all()
    with tenant_context(acme):
        Category.objects.create(name="Chairs", slug="chairs")
    with tenant_context(bolt):
        assert not Category.objects.exists()
        assert Category.objects.filter(slug="none").update(name="x") == 0
    now = time.time()
    assert awake(now) == {acme.id}
    assert awake(now + AWAKE_SECONDS + 1) == set()


def test_a_shop_wakes_by_a_statement_that_begins_on_a_line_of_its_own(make_shop: Any) -> None:
    acme = make_shop("acme")
    forget_all()
    with tenant_context(acme), shop_connection().cursor() as cursor:
        cursor.execute("\nINSERT INTO categories (name, slug) VALUES ('Chairs', 'chairs')\n")
    assert awake(time.time()) == {acme.id}


def test_a_shop_says_it_once_a_minute(make_shop: Any) -> None:
    acme = make_shop("acme")
    forget_all()
    with (
        mock.patch.object(awake_shops, "ask") as asked,
        mock.patch.object(awake_shops.outbox_lag, "ask") as also_asked,
    ):
        for _ in range(100):
            wake(acme.id)
    assert (asked.call_count, also_asked.call_count) == (1, 1)


def test_what_redis_did_not_hear_is_said_again(make_shop: Any) -> None:
    acme = make_shop("acme")
    forget_all()
    with mock.patch.object(awake_shops, "ask", side_effect=RedisUnavailable):
        wake(acme.id)
    wake(acme.id)
    assert awake(time.time()) == {acme.id}


def test_a_redis_that_takes_nothing_more_stops_no_shop(make_shop: Any) -> None:
    """With `noeviction` it refuses to write when its memory is full, and when its snapshot cannot be written."""
    acme = make_shop("acme")
    forget_all()
    full = redis.ResponseError("OOM command not allowed when used memory > 'maxmemory'.")
    with tenant_context(acme), mock.patch.object(awake_shops, "ask", side_effect=full) as asked:
        for slug in ("chairs", "tables"):
            Category.objects.create(name=slug, slug=slug)
        assert Category.objects.count() == 2
    assert asked.call_count == 1


def test_a_round_costs_a_message_for_each_shop_that_is_awake(make_shop: Any, outgoing: Outgoing) -> None:
    acme, bolt = make_shop("acme"), make_shop("bolt")
    settle(acme, bolt)
    assert for_each_shop(ROUND, expires_seconds=60, only_awake=True) == 0
    wake(bolt.id)
    assert for_each_shop(ROUND, expires_seconds=60, only_awake=True) == 1
    assert shops_of(outgoing) == [bolt.id]


def test_while_redis_cannot_say_who_is_awake_everybody_is(make_shop: Any, outgoing: Outgoing) -> None:
    make_shop("acme"), make_shop("bolt")
    with mock.patch("platform_core.tenancy.fanout.awake", side_effect=RedisUnavailable):
        assert for_each_shop(ROUND, expires_seconds=60, only_awake=True) == 2


def test_a_shop_that_falls_asleep_is_looked_after_once_and_then_every_hour(make_shop: Any, outgoing: Outgoing) -> None:
    acme = make_shop("acme")
    now = settle(acme)
    wake(acme.id)
    asleep = now + AWAKE_SECONDS + 10
    assert [queue_looks([ROUND], now=at) for at in (now, asleep, asleep + 60)] == [0, 1, 0]
    assert queue_looks([ROUND], now=asleep + LOOK_EVERY_SECONDS) == 1
    assert {message["name"] for message in outgoing} == {"tenancy.look_after"}
    assert {message["expires"] for message in outgoing} == {LOOK_EVERY_SECONDS}
    assert outgoing[0]["args"] == [[ROUND]]


def test_after_redis_lost_its_keys_shops_are_looked_after_one_by_one_within_ten_minutes(make_shop: Any) -> None:
    shops = [make_shop(name).id for name in ("acme", "bolt", "cato")]
    now = time.time()
    forget_all()
    assert due_looks(now, shops) in ([], shops[:1])
    assert set(due_looks(now + 600, shops)) == set(shops)
    assert due_looks(now + 601, shops) == []


def test_a_shop_that_is_gone_is_forgotten(make_shop: Any) -> None:
    acme = make_shop("acme")
    now = settle(acme)
    assert due_looks(now, []) == []
    assert awake_shops._known_looks() == {}


def test_looking_after_a_shop_runs_every_round_and_one_that_fails_holds_no_other_up(make_shop: Any) -> None:
    acme = make_shop("acme")
    before = time.time()
    with tenant_context(acme):
        assert look_after([BROKEN, ROUND]) == [BROKEN]
    assert seen == ["acme"]
    again = awake_shops._known_looks()[acme.id]
    assert before + 600 <= again <= time.time() + 600


def test_a_shop_is_looked_after_when_something_falls_due_in_it(make_shop: Any) -> None:
    acme, soon = make_shop("acme"), timezone.now() + timedelta(minutes=20)
    moments = (lambda now: None, lambda now: soon, lambda now: now + timedelta(hours=30))
    with tenant_context(acme), mock.patch.object(shop_hooks, "next_moments", moments):
        look_after([ROUND])
    assert awake_shops._known_looks()[acme.id] == pytest.approx(soon.timestamp())


def test_every_round_of_the_schedule_changes_nothing_in_a_shop_where_nothing_is_to_be_done(make_shop: Any) -> None:
    """Or a shop would never fall asleep: its own rounds would wake it."""
    acme = make_shop("acme")
    with tenant_context(acme):
        look_after(JOBS)
        forget_all()
        assert look_after(JOBS) == []
    assert awake(time.time()) == set()


def test_the_schedule_looks_after_what_it_visits_often() -> None:
    often = {job["kwargs"]["task_name"] for job in SCHEDULE.values() if job.get("kwargs", {}).get("only_awake")}
    assert often == set(JOBS)
    daily = [job for job in SCHEDULE.values() if job["task"] == FOR_EACH_SHOP and not job["kwargs"].get("only_awake")]
    assert {job["kwargs"]["task_name"] for job in daily}.isdisjoint(often)
