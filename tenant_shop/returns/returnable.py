"""What of an order can still be sent back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Coalesce

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.whole import standings
from tenant_shop.payments.given_back import SENT
from tenant_shop.returns.models import Return, ReturnLine


def is_returnable(order: Order, *, return_days: int, now: datetime) -> bool:
    """Whether the order was sent, or a part of it, and not longer ago than the shop takes things back.

    The days run from the delivery, or from the dispatch where nobody has noted the delivery; not before all of it was
    sent. `return_days` 0: the shop has set no limit.
    """
    since = order.delivered_at or order.shipped_at
    in_time = not return_days or since is None or now <= since + timedelta(days=return_days)
    is_begun = order.is_fulfillable and order.fulfillment_status == Order.FulfillmentStatus.PARTIAL
    return (order.status in SENT or is_begun) and in_time


def may_ask_to_return(order: Order, *, return_days: int, now: datetime) -> bool:
    """Whether something of the order could still be sent back. Three statements; none for an order that is not
    returnable.
    """
    return is_returnable(order, return_days=return_days, now=now) and bool(returnable_pieces(order))


def returnable_pieces(order: Order) -> dict[UUID, int]:
    """Pieces by order line that were sent and are not on their way back already; lines of which there are none are left
    out. Three statements.
    """
    asked = dict(
        ReturnLine.objects.filter(parent__order=order)
        .exclude(parent__status=Return.Status.DECLINED)
        .order_by()
        .values_list("order_item")
        .annotate(pieces=Coalesce(Sum("quantity"), 0))
    )
    stands = standings(order, list(OrderItem.objects.filter(order=order)))
    left = {line: pieces.sent - asked.get(line, 0) for line, pieces in stands.items()}
    return {line: pieces for line, pieces in left.items() if pieces > 0}
