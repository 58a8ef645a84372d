"""What stock does when it comes in: it wakes those who tell the waiting."""

import logging
from collections.abc import Collection
from uuid import UUID

from kombu.exceptions import OperationalError

from platform_core.tenancy.transactions import after_commit
from tenant_shop.restock.models import StockAlert
from tenant_shop.restock.tell import tell_waiting_task

logger = logging.getLogger(__name__)


def wake_waiting(variant_ids: Collection[UUID]) -> None:
    """Have those told who wait for one of the variants, once the caller has committed. One statement, none
    without variants.

    The message to a worker only makes it quick: whoever waits is found by `restock.tell_waiting` in any case.
    """
    if not variant_ids:
        return
    waiting = StockAlert.objects.waiting().filter(variant__in=variant_ids).order_by()
    awaited = sorted(str(variant_id) for variant_id in waiting.values_list("variant", flat=True).distinct())
    if awaited:
        after_commit(_queue, awaited)


def _queue(variant_ids: list[str]) -> None:
    try:
        tell_waiting_task.delay(variant_ids)
    except OperationalError as error:
        logger.warning("the broker cannot be reached (%s); those who wait are told by the next round", error)
