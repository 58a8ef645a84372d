"""Writing down in an order's history what leaves its status as it is."""

from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order


def remark(order: Order, said: str, *, actor: str) -> None:
    """Add `said` to the history of an order; `actor` is a user's id, or a job's name. One statement."""
    OrderStatusHistory.objects.create(
        order=order, previous_status=order.status, new_status=order.status, comment=said, updated_by=actor
    )
