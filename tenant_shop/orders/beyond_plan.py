"""More orders in a month than the merchant's plan includes: none is refused, and the merchant is told."""

import logging

from django.db import DatabaseError
from django.utils import timezone

from platform_core.plans.limits import Limited
from tenant_shop.configuration.beyond_plan import PlanStanding, note_beyond_plan, standing_in_plan
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.history import OrderCounter

logger = logging.getLogger(__name__)

RESOURCE = "orders"


def orders_of_plan() -> PlanStanding:
    """How the shop stands with the orders that were placed this month (in its time zone), whatever became of them.

    The month's number counter knows how many these are. One SELECT on the platform, one in the shop.
    """
    today = timezone.localdate(timezone.now(), shop_settings().zone)
    placed = OrderCounter.objects.filter(month=today.year * 100 + today.month).values_list("last_number", flat=True)
    return standing_in_plan(Limited.ORDERS_PER_MONTH, placed.first() or 0)


def note_orders_beyond_plan() -> None:
    """Write into the audit log, once in a calendar month (UTC), that there are more orders than the plan includes.

    Called by the job that follows an order, which stands whatever happens here: what fails is logged, and the next
    order makes up for it.
    """
    try:
        note_beyond_plan(RESOURCE, orders_of_plan())
    except DatabaseError:
        logger.exception("it could not be written down how many orders the shop has beyond its plan")
