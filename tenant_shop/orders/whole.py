"""Whether anything of an order is left to be sent."""

from collections.abc import Sequence
from uuid import UUID

from tenant_shop.integrations.record import record_event
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.given_back import Standing, given_back, standing_of
from tenant_shop.payments.models import PaymentRefund


def standings(order: Order, items: Sequence[OrderItem]) -> dict[UUID, Standing]:
    """Where the pieces of `items`, all lines of the order, are. One statement."""
    return standing_of(order, items, given_back(PaymentRefund.objects.filter(payment__order=order)))


def is_whole(order: Order, items: Sequence[OrderItem]) -> bool:
    """Whether all of it was sent, but for what was given back before. Money that is still on its way, and may yet stay
    here, leaves its pieces to be sent. One statement."""
    done = PaymentRefund.objects.filter(payment__order=order, state=PaymentRefund.State.SUCCEEDED)
    return all(line.unsent <= 0 for line in standing_of(order, items, given_back(done)).values())


def complete_order(order: Order, *, actor: str, why: str = "What was left of it was given back.") -> None:
    """An order that was sent in parts is shipped once what was left of it was given back, or taken out of it.

    Runs in the caller's transaction, which holds the order's lock. `actor` is a user's id; `why` is for the timeline.
    """
    if order.fulfillment_status != Order.FulfillmentStatus.PARTIAL or not order.is_fulfillable:
        return
    if not is_whole(order, list(OrderItem.objects.filter(order=order))):
        return
    before = move_order(order, Order.Status.SHIPPED)
    order.fulfillment_status = Order.FulfillmentStatus.FULFILLED
    order.shipped_at = Shipment.objects.filter(order=order).latest("created_at").created_at
    order.save(update_fields=["status", "fulfillment_status", "shipped_at"])
    OrderStatusHistory.objects.create(
        order=order,
        previous_status=before,
        new_status=order.status,
        comment=why,
        updated_by=actor,
    )
    record_event("order.fulfilled", {**order_snapshot(order), "shipment": None})
