"""Rolling up what is due, over all shops."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from celery import current_app, shared_task
from django.utils import timezone

from platform_core.metrics.roll_up_shop import roll_up_turn
from platform_core.metrics.turns import LEASE, count_taken, take_due
from platform_core.tenancy import directory
from platform_core.tenancy.context import TenantInfo, tenant_context
from platform_core.tenancy.hooks import ShopReport
from platform_core.tenancy.tasks import HEADER, sign_tenant

# Turns that are taken at once over all workers: as many messages wait at most, however many shops share a midnight.
MOST_AT_ONCE = 200
# Of a process that works them off itself: a lease is taken for each before the first is done.
MOST_IN_A_ROW = 20
TASK = "metrics.roll_up_shop"

logger = logging.getLogger(__name__)


def queue_due(now: datetime, *, most: int = MOST_AT_ONCE) -> int:
    """Queue one message for each shop that is due, until `most` turns are taken, and return how many. A worker opens
    one shop's database at a time.

    A message that nobody took before its lease passed is dropped: its shop is due again by then.
    """
    taken = take_due(now, most=max(most - count_taken(now), 0))
    with current_app.producer_pool.acquire(block=True) as producer:
        for tenant_id in taken:
            current_app.send_task(
                TASK,
                headers={HEADER: sign_tenant(tenant_id)},
                expires=int(LEASE.total_seconds()),
                producer=producer,
                ignore_result=True,
            )
    if taken:
        logger.info("the figures of %d shops are due", len(taken))
    return len(taken)


Answer = ShopReport | Exception


def roll_up_due(clock: Callable[[], datetime] = timezone.now) -> Iterator[tuple[TenantInfo, Answer]]:
    """Work off in this process whatever is due, one shop after the other: each with its report, or why there is none.

    What cannot be done is due again later, so that one shop's broken database stops nobody.
    """
    while taken := take_due(clock(), most=MOST_IN_A_ROW):
        directory.read_ahead(taken)
        for tenant_id in taken:
            shop = directory.by_id(tenant_id)
            with tenant_context(shop):
                try:
                    answer: Answer = roll_up_turn(clock())
                except Exception as error:
                    logger.exception("the figures of %s could not be rolled up", shop.slug)
                    answer = error
            yield shop, answer


@shared_task(name="metrics.queue_due")  # type: ignore[untyped-decorator]
def queue_due_task() -> None:
    queue_due(timezone.now())
