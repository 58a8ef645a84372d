"""The night's work of many shops put into the broker, against as many bare messages."""

import time
from datetime import timedelta
from uuid import uuid4

from celery import current_app
from django.utils import timezone

from bench.cluster import Shop
from bench.measure import Figure, milliseconds, ratio_of, take_turns
from platform_core.metrics.models import RollupTurn
from platform_core.metrics.roll_up_due import queue_due
from platform_core.tenancy.fanout import for_each_shop

DAILY = "orders.send_confirmations"
BARE = "bench.nothing"


def measure(shops: list[Shop], rounds: int) -> list[Figure]:
    """A turn queues one job for each shop: a daily one, and the rollups when midnight has come to all of them at once
    and the dispatcher, which lets 200 wait at most, may let all of them.

    Ours reads which shops are open, or due, and signs each message's shop; nothing takes the messages. The baseline is
    a task of no arguments, sent as often over one connection.
    """

    def daily(number: int) -> float:
        began = time.perf_counter()
        _expect(shops, for_each_shop(DAILY, expires_seconds=3600))
        return _since(began)

    def rollups(number: int) -> float:
        long_ago = timezone.now() - timedelta(hours=1)
        RollupTurn.objects.update(midnight_at=long_ago, due_at=long_ago, taken_until=None)
        began = time.perf_counter()
        _expect(shops, queue_due(timezone.now(), most=len(shops)))
        return _since(began)

    def bare(number: int) -> float:
        began = time.perf_counter()
        with current_app.producer_pool.acquire(block=True) as producer:
            for _ in shops:
                current_app.send_task(BARE, producer=producer, ignore_result=True, task_id=str(uuid4()))
        return _since(began)

    current_app.loader.import_default_modules()  # as a worker does: whoever sends in turn looks whether it is a task
    queue_due(timezone.now())  # which notes the turns of shops that have none yet
    sides = {"daily": daily, "rollups": rollups, "bare": bare}
    for side in sides.values():
        side(0)
    found = take_turns(sides, rounds)
    current_app.control.purge()
    return [
        _figure(f"a daily job queued for {len(shops)} shops (time)", "daily", found, rounds),
        _figure(f"the rollups of {len(shops)} shops queued (time)", "rollups", found, rounds),
    ]


def _since(began: float) -> float:
    return time.perf_counter() - began


def _expect(shops: list[Shop], sent: int) -> None:
    if sent < len(shops):
        raise RuntimeError(f"{sent} messages for {len(shops)} shops")


def _figure(name: str, side: str, found: dict[str, list[float]], rounds: int) -> Figure:
    ratio, low, high = ratio_of(found[side], found["bare"])
    return Figure(
        name=name,
        measured=milliseconds(found[side]),
        baseline=milliseconds(found["bare"]),
        ratio=ratio,
        low=low,
        high=high,
        goal="",
        rounds=rounds,
    )
