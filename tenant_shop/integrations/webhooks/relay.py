"""Telling the endpoints of a shop what happened. One run works off what there is: it sends many at once, to no endpoint
more than a few, so that one that is slow or dead holds up nobody but itself.

Threads do nothing but HTTP; this thread alone talks to the database, and holds no transaction and no lock while
something is under way. A process that dies between sending and entering the answer sends again, under the same id.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.outbox_lag import settled_until
from platform_core.tenancy.tasks import TenantTask
from tenant_shop.configuration.sealed import SealBroken
from tenant_shop.integrations.fan_out import fan_out, skip, somebody_listens
from tenant_shop.integrations.lease import oldest_promise
from tenant_shop.integrations.models import Webhook, WebhookDelivery
from tenant_shop.integrations.webhooks.lease_deliveries import listening, next_attempt, take_due
from tenant_shop.integrations.webhooks.message import body_of, headers_of
from tenant_shop.integrations.webhooks.settle_delivery import settle_deliveries
from tenant_shop.integrations.webhooks.transport import Answer, post
from tenant_shop.integrations.webhooks.wake import (
    TASK,
    relay_begins,
    times_woken,
    wake_at,
    wake_relay,
)

AT_ONCE = 32
AT_ONCE_EACH = 8
# Seconds after which nothing new is begun: then it is another shop's turn, and another message goes on.
BUDGET = 45.0
# While something slow is under way, so often is listened whether the relay was woken, and looked whether it was or not.
LISTEN_EVERY = 0.01
LOOK_EVERY = 0.25
# What answers within so many seconds of the first is entered together with it; what was begun longer ago than a quick
# receiver takes is not waited for.
GATHER = 0.02
QUICK = 0.1
LONGEST_TIMEOUT = 30

logger = logging.getLogger(__name__)

Send = Callable[..., Answer]


def relay(*, clock: Callable[[], datetime] = timezone.now, send: Send = post, budget: float = BUDGET) -> int:
    """Fan out what waits in the outbox, and send what is due by `clock`; how many attempts were made.

    Nothing is told where the plan has no API; what happens meanwhile is not told later.
    """
    if not somebody_listens() or not current_tenant().plan_terms.includes(Feature.API_ACCESS):
        skip(clock())
        return 0
    end, made = time.monotonic() + budget, 0
    under_way: dict[Future[Answer], WebhookDelivery] = {}
    begun: dict[Future[Answer], float] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks") as pool:
        while True:
            is_more, woken = False, times_woken()
            if time.monotonic() < end:
                is_more = bool(fan_out(clock()))
                for delivery, webhook in _take(under_way, clock()):
                    future = _begin(pool, send, delivery, webhook, clock())
                    under_way[future], begun[future] = delivery, time.monotonic()
                    made += 1
            if not under_way:
                if is_more:
                    continue
                break
            done = _wait_for_one(under_way, woken)
            if done:
                done |= _gather(begun)
            for future in done:
                del begun[future]
            settle_deliveries([(under_way.pop(future), future.result()) for future in done], at=clock())
    if time.monotonic() >= end:
        wake_relay()
    elif (moment := next_attempt(clock())) is not None:
        wake_at(moment)
    return made


def _wait_for_one(under_way: Collection[Future[Answer]], woken: int) -> set[Future[Answer]]:
    """What has been answered first; nothing when the relay was woken more than `woken` times, or when it is time to
    look for what is due.
    """
    look_at = time.monotonic() + LOOK_EVERY
    while True:
        done, _ = wait(under_way, timeout=LISTEN_EVERY, return_when=FIRST_COMPLETED)
        if done or time.monotonic() >= look_at or times_woken() != woken:
            return done


def _gather(begun: Mapping[Future[Answer], float]) -> set[Future[Answer]]:
    """What else is answered in a moment: by those who may still be quick, or by anybody already."""
    since = time.monotonic() - QUICK
    wait([future for future, moment in begun.items() if moment >= since], timeout=GATHER)
    return {future for future in begun if future.done()}


def _take(under_way: dict[Future[Answer], WebhookDelivery], at: datetime) -> list[tuple[WebhookDelivery, Webhook]]:
    """What is to be sent now. An endpoint whose last attempt failed gets one at a time, to see whether it is back."""
    room = AT_ONCE - len(under_way)
    busy = Counter(delivery.webhook_id for delivery in under_way.values())
    endpoints = {webhook.pk: webhook for webhook in listening(at)} if room > 0 else {}
    rooms = {}
    for pk, webhook in sorted(endpoints.items(), key=lambda each: busy[each[0]]):
        rooms[pk] = max(0, min(room, (1 if webhook.failure_count else AT_ONCE_EACH) - busy[pk]))
        room -= rooms[pk]
    taken = take_due(rooms, at=at)
    for delivery in taken:
        delivery.webhook = endpoints[delivery.webhook_id]  # as it is now that the attempt begins
    return [(delivery, delivery.webhook) for delivery in taken]


def _begin(
    pool: ThreadPoolExecutor, send: Send, delivery: WebhookDelivery, webhook: Webhook, at: datetime
) -> Future[Answer]:
    body = body_of(delivery.event)
    try:
        headers = headers_of(webhook, delivery.event, body, at=at)
    except SealBroken:
        logger.error("the secret of webhook %s cannot be read", webhook.pk)
        answered: Future[Answer] = Future()
        answered.set_result(Answer(error="The secret cannot be read: rotate it"))
        return answered
    seconds = min(max(webhook.timeout_seconds, 1), LONGEST_TIMEOUT)
    return pool.submit(send, webhook.url, body, headers, timeout_seconds=seconds)


def next_relay(now: datetime) -> datetime | None:
    """When a shop that sleeps has something to send again."""
    moment = next_attempt(now)
    return None if moment is None else max(moment, now + timedelta(seconds=1))


@shared_task(base=TenantTask, name=TASK)  # type: ignore[untyped-decorator]
def relay_task() -> None:
    relay_begins()
    relay()
    now = timezone.now()
    settled_until(current_tenant().id, now, oldest=oldest_promise(now))
