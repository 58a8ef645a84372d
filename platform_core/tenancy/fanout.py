"""Recurring work of shops: one message for each, never one task for all, and none where nothing can have come up."""

import logging
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta

from celery import current_app, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.utils import timezone

from platform_core.tenancy import directory
from platform_core.tenancy.awake import LOOK_EVERY_SECONDS, awake, due_looks, look_at
from platform_core.tenancy.context import TenantInfo, current_tenant
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenancy.hooks import shop_hooks
from platform_core.tenancy.outbox_lag import all_settled
from platform_core.tenancy.quick_redis import RedisUnavailable
from platform_core.tenancy.tasks import HEADER, TenantTask, sign_tenant

# A shop where something went wrong is looked after again so soon; and none sooner than a minute after the last time.
AGAIN_AFTER = timedelta(minutes=10)
SOONEST = timedelta(minutes=1)
LOOK_AFTER = "tenancy.look_after"

logger = logging.getLogger(__name__)


def for_each_shop(task_name: str, *, expires_seconds: int, only_awake: bool = False) -> int:
    """Queue the shops' task `task_name` once for every shop that is open, or for those that are awake; how many.

    A message that nobody took for `expires_seconds` is dropped: by then the next round has sent another. While Redis
    cannot say who is awake, everybody is. Errors: ValueError when there is no such task, or it does not run inside a
    shop.
    """
    _task_of_shops(task_name)
    sent = _send(task_name, _awake_shops() if only_awake else _open_shops(), expires_seconds=expires_seconds)
    logger.info("%s was queued for %d shops", task_name, sent)
    return sent


def queue_looks(task_names: Sequence[str], *, now: float) -> int:
    """Queue one message for each sleeping shop that is due at `now` (seconds since 1970) to be looked after: it runs
    the tasks `task_names` one after the other. How many. Errors: ValueError as above; RedisUnavailable.
    """
    for name in task_names:
        _task_of_shops(name)
    shops = {shop.id: shop for shop in _open_shops()}
    due = [shops[tenant_id] for tenant_id in due_looks(now, shops)]
    return _send(LOOK_AFTER, due, expires_seconds=LOOK_EVERY_SECONDS, args=[list(task_names)])


def look_after(task_names: Sequence[str]) -> list[str]:
    """Run the tasks in the active shop, one after the other, and say when the shop is due again; those that failed.

    One that fails is logged and holds no other up. Errors: SoftTimeLimitExceeded.
    """
    failed = []
    for name in task_names:
        try:
            current_app.tasks[name].run()
        except SoftTimeLimitExceeded:
            raise
        except Exception:
            logger.exception("%s failed in %s", name, current_tenant().slug)
            failed.append(name)
    now = timezone.now()
    if not failed and (shop_hooks.oldest_promise is None or shop_hooks.oldest_promise(now) is None):
        all_settled(current_tenant().id)
    moments = [moment for ask in shop_hooks.next_moments if (moment := ask(now)) is not None]
    if failed:
        moments.append(now + AGAIN_AFTER)
    due = max(min([*moments, now + timedelta(seconds=LOOK_EVERY_SECONDS)]), now + SOONEST)
    try:
        look_at(current_tenant().id, due.timestamp())
    except RedisUnavailable:
        logger.warning("when %s is to be looked after could not be noted: it is within an hour", current_tenant().slug)
    return failed


def _task_of_shops(name: str) -> None:
    if not isinstance(current_app.tasks.get(name), TenantTask):
        raise ValueError(f"{name} is no task of shops")


def _open_shops() -> list[TenantInfo]:
    return [shop for shop in directory.serving() if gate_of(shop) is Gate.OPEN]


def _awake_shops() -> list[TenantInfo]:
    try:
        found = awake(time.time())
    except RedisUnavailable:
        logger.warning("nobody knows which shops are awake: all of them are visited")
        return _open_shops()
    return [shop for shop in _open_shops() if shop.id in found] if found else []


def _send(task_name: str, shops: Iterable[TenantInfo], *, expires_seconds: int, args: Sequence[object] = ()) -> int:
    sent = 0
    with current_app.producer_pool.acquire(block=True) as producer:
        for shop in shops:
            current_app.send_task(
                task_name,
                args=list(args),
                headers={HEADER: sign_tenant(shop.id)},
                expires=expires_seconds,
                producer=producer,
                ignore_result=True,
            )
            sent += 1
    return sent


@shared_task(name="tenancy.for_each_shop")  # type: ignore[untyped-decorator]
def for_each_shop_task(task_name: str, expires_seconds: int, only_awake: bool = False) -> None:  # noqa: FBT001, FBT002
    for_each_shop(task_name, expires_seconds=expires_seconds, only_awake=only_awake)


@shared_task(name="tenancy.queue_looks")  # type: ignore[untyped-decorator]
def queue_looks_task(task_names: list[str]) -> None:
    queue_looks(task_names, now=time.time())


@shared_task(base=TenantTask, name=LOOK_AFTER)  # type: ignore[untyped-decorator]
def look_after_task(task_names: list[str]) -> None:
    look_after(task_names)
