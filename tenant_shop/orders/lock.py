"""Locking an order."""

from uuid import UUID

from tenant_shop.orders.errors import OrderNotFound
from tenant_shop.orders.models import Order


def lock_order(order_id: UUID) -> Order:
    """The order, locked until the transaction ends: whatever changes an order starts here. Errors: OrderNotFound."""
    order = Order.objects.select_for_update(no_key=True).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return order
