"""Recurring work of every shop: one message for each, never one task for all."""

import logging

from celery import current_app, shared_task

from platform_core.tenancy import directory
from platform_core.tenancy.gate import Gate, gate_of
from platform_core.tenancy.tasks import HEADER, TenantTask, sign_tenant

logger = logging.getLogger(__name__)


def for_each_shop(task_name: str, *, expires_seconds: int) -> int:
    """Queue the shops' task `task_name` once for every shop that is open, and return how many.

    A message that nobody took for `expires_seconds` is dropped: by then the next round has sent another.
    Errors: ValueError when there is no such task, or it does not run inside a shop.
    """
    task = current_app.tasks.get(task_name)
    if not isinstance(task, TenantTask):
        raise ValueError(f"{task_name} is no task of shops")
    sent = 0
    with current_app.producer_pool.acquire(block=True) as producer:
        for shop in directory.serving():
            if gate_of(shop) is Gate.OPEN:
                current_app.send_task(
                    task_name,
                    headers={HEADER: sign_tenant(shop.id)},
                    expires=expires_seconds,
                    producer=producer,
                    ignore_result=True,
                )
                sent += 1
    logger.info("%s was queued for %d shops", task_name, sent)
    return sent


@shared_task(name="tenancy.for_each_shop")  # type: ignore[untyped-decorator]
def for_each_shop_task(task_name: str, expires_seconds: int) -> None:
    for_each_shop(task_name, expires_seconds=expires_seconds)
