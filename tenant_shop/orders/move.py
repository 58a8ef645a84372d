"""The road of an order: the one place that knows which status may follow which.

The verbs ask more before (what was sent, what is paid) and say why they refuse; none of them gives an order a status
but by `move_order`.
"""

from tenant_shop.orders.errors import OrderNotMovable
from tenant_shop.orders.models import Order

Status = Order.Status
NEXT: dict[str, frozenset[str]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    # Pending again: changed so that more of it is to be paid in advance.
    Status.CONFIRMED: frozenset({Status.PENDING, Status.PROCESSING, Status.SHIPPED, Status.CANCELLED}),
    Status.PROCESSING: frozenset({Status.PENDING, Status.SHIPPED, Status.CANCELLED}),
    Status.SHIPPED: frozenset({Status.DELIVERED}),
    Status.DELIVERED: frozenset(),
    Status.CANCELLED: frozenset(),
    # Only what another system took has it; here the money has a status of its own.
    Status.REFUNDED: frozenset(),
}


def move_order(order: Order, to: Order.Status) -> str:
    """Give an order, which the caller has locked and saves, its next status; the answer is the one it had.

    One that has the status already stays as it is. Errors: OrderNotMovable, with the order unchanged.
    """
    before = order.status
    if to != before and to not in NEXT[before]:
        raise OrderNotMovable(order.order_number, before, to)
    order.status = to
    return before
