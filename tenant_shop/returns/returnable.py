"""What of an order can still be sent back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import Coalesce

from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.returns.models import Return, ReturnLine

SENT = (Order.Status.SHIPPED, Order.Status.DELIVERED)


def is_returnable(order: Order, *, return_days: int, now: datetime) -> bool:
    """Whether the order was sent, and not longer ago than the shop takes things back.

    The days run from the delivery, or from the dispatch where nobody has noted the delivery. `return_days` 0: the shop
    has set no limit.
    """
    since = order.delivered_at or order.shipped_at
    in_time = not return_days or since is None or now <= since + timedelta(days=return_days)
    return order.status in SENT and in_time


def returnable_pieces(order: Order) -> dict[UUID, int]:
    """Pieces by order line that are not on their way back already; lines of which there are none are left out.
    Two statements.
    """
    asked = dict(
        ReturnLine.objects.filter(parent__order=order)
        .exclude(parent__status=Return.Status.DECLINED)
        .order_by()
        .values_list("order_item")
        .annotate(pieces=Coalesce(Sum("quantity"), 0))
    )
    lines = OrderItem.objects.filter(order=order).values_list("pk", "quantity")
    return {line: quantity - asked.get(line, 0) for line, quantity in lines if quantity > asked.get(line, 0)}
