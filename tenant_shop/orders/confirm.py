"""Accepting an order before its money has come."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.arrival import count_anew
from tenant_shop.orders.errors import OrderNotConfirmable
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.snapshot import order_snapshot

COMMENT = "Accepted before its money has come."
ON_TRUST = "on_trust"


def is_on_trust(order: Order) -> bool:
    """Whether staff accepted it before its money had come."""
    return bool(order.metadata.get(ON_TRUST))


def confirm_order(order_id: UUID, *, actor: str) -> Order:
    """Accept an order that waits for money which comes by hand, from a customer whom the shop trusts.

    It is sent without waiting and is not cancelled by itself any more; its money is open as before and entered when it
    comes. The days of its delivery are counted from today. Safe twice: a confirmed order stays as it is.
    `actor` is a user's id.
    Errors, with nothing changed: OrderNotFound; OrderNotConfirmable for an order that waits for a card, of which
        the customer's page could then take nothing any more, and for one that was sent or is over.
    """
    with shop_transaction():
        order = lock_order(order_id)
        if order.status == Order.Status.CONFIRMED:
            return order
        if not order.is_confirmable:
            raise OrderNotConfirmable(order.order_number, order.status)
        before, now = move_order(order, Order.Status.CONFIRMED), timezone.now()
        order.confirmed_at = now
        order.metadata = {**order.metadata, ON_TRUST: True}
        count_anew(order, on=timezone.localdate(now, shop_settings().zone))
        order.save(update_fields=["status", "confirmed_at", "metadata"])
        OrderStatusHistory.objects.create(
            order=order, previous_status=before, new_status=order.status, comment=COMMENT, updated_by=actor
        )
        record_event("order.confirmed", order_snapshot(order))
    return order
