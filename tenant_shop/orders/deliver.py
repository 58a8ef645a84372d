"""Noting that an order arrived."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.record import record_event
from tenant_shop.loyalty.earn import earn_locked
from tenant_shop.orders.errors import OrderNotDeliverable
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.snapshot import order_snapshot


def deliver_order(order_id: UUID, *, actor: str) -> Order:
    """Note that a shipped order has arrived: its customer earns points. Safe twice: a delivered order stays as it is.

    `actor` is a user's id. Errors: OrderNotFound; OrderNotDeliverable for an order of which something was not sent.
    """
    with shop_transaction():
        order = lock_order(order_id)
        if order.status == Order.Status.DELIVERED:
            return order
        if order.status != Order.Status.SHIPPED:
            raise OrderNotDeliverable(order.order_number, order.status)
        before, order.delivered_at = move_order(order, Order.Status.DELIVERED), timezone.now()
        order.save(update_fields=["status", "delivered_at"])
        OrderStatusHistory.objects.create(
            order=order, previous_status=before, new_status=order.status, updated_by=actor
        )
        record_event("order.delivered", order_snapshot(order))
        earn_locked(order, actor=actor)
    return order
