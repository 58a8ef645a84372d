"""Sending an order, at once or in parts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.documents.due import expect_invoice
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.carriers import tracking_link
from tenant_shop.orders.errors import NotSentLikeThis, OrderNotFound, OrderNotFulfillable
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.orders.shipped_mail import request_shipped_mail
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.orders.whole import is_whole, standings
from tenant_shop.payments.given_back import Standing

LONGEST_LINK = 500


def fulfil_order(
    order_id: UUID,
    *,
    pieces: Mapping[UUID, int],
    key: str,
    actor: str,
    carrier: str = "",
    tracking_number: str = "",
    tracking_url: str = "",
) -> Order:
    """Note that `pieces` (by the line's id) of an order are sent; the same `key` again sends once.

    Pieces that were given back before they were sent cannot be sent. The order is shipped with the last of the others;
    until then it is being prepared. Without `tracking_url` the carrier's own page is linked, if the carrier is known.
    `actor` is a user's id.
    After commit: the customer is mailed what is on its way, and the invoice is issued if it was not.
    Errors, with nothing changed: OrderNotFound; OrderNotFulfillable for an order that waits for its money, was
        cancelled, or has been sent; NotSentLikeThis for pieces that are not left, or none, and for a link that is none.
    """
    wanted = {item_id: quantity for item_id, quantity in pieces.items() if quantity}
    link = check_link(tracking_url)
    with shop_transaction():
        order = lock_order(order_id)
        if Shipment.objects.filter(order=order, key=key).exists():
            return order
        if not order.is_fulfillable:
            raise OrderNotFulfillable(order.order_number, order.status)
        items = list(OrderItem.objects.filter(order=order))
        _send(items, wanted, standings(order, items))
        shipment = Shipment.objects.create(
            order=order,
            carrier=carrier.strip(),
            tracking_number=tracking_number.strip(),
            tracking_url=link or tracking_link(carrier, tracking_number.strip()),
            lines=[{"item": str(item_id), "quantity": quantity} for item_id, quantity in wanted.items()],
            key=key,
            actor=actor,
        )
        _bring_up_to_date(order, items, shipment)
        request_shipped_mail(shipment)
        expect_invoice(order.pk)
    return order


def check_link(tracking_url: str) -> str:
    """The link without anything around it, "" for none. Errors: NotSentLikeThis for what does not lead to the web."""
    link = tracking_url.strip()
    if (link and not link.startswith(("https://", "http://"))) or len(link) > LONGEST_LINK:
        raise NotSentLikeThis("A link to follow the parcel begins with https://.")
    return link


def fulfil_rest(order_id: UUID, *, key: str, actor: str) -> Order:
    """Note that all that is left of an order is sent, in one parcel nobody can follow. As `fulfil_order`."""
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound(order_id)
    return fulfil_order(order_id, pieces=unsent_pieces(order), key=key, actor=actor)


def unsent_pieces(order: Order) -> dict[UUID, int]:
    """Pieces by line that are to be sent: neither sent nor given back before; lines without any are left out."""
    stands = standings(order, list(OrderItem.objects.filter(order=order)))
    return {item_id: line.unsent for item_id, line in stands.items() if line.unsent > 0}


def _send(items: list[OrderItem], wanted: Mapping[UUID, int], stands: Mapping[UUID, Standing]) -> None:
    by_id = {item.pk: item for item in items}
    if not wanted:
        raise NotSentLikeThis("Say how many pieces are sent.")
    for item_id, quantity in wanted.items():
        item = by_id.get(item_id)
        if item is None:
            raise NotSentLikeThis("There is no such line in this order.")
        left = stands[item_id].unsent
        if not 0 < quantity <= left:
            raise NotSentLikeThis(f"Of {item.product_name} {left} can be sent, not {quantity}.")
        item.quantity_fulfilled += quantity
    OrderItem.objects.bulk_update([by_id[item_id] for item_id in wanted], ["quantity_fulfilled"])


def _bring_up_to_date(order: Order, items: list[OrderItem], shipment: Shipment) -> None:
    is_done = is_whole(order, items)
    before = move_order(order, Order.Status.SHIPPED if is_done else Order.Status.PROCESSING)
    order.fulfillment_status = Order.FulfillmentStatus.FULFILLED if is_done else Order.FulfillmentStatus.PARTIAL
    order.shipping_carrier = shipment.carrier or order.shipping_carrier
    order.tracking_number = shipment.tracking_number or order.tracking_number
    if is_done:
        order.shipped_at = timezone.now()
    order.save(update_fields=["status", "fulfillment_status", "shipping_carrier", "tracking_number", "shipped_at"])
    sent = f"{shipment.pieces} {'piece' if shipment.pieces == 1 else 'pieces'} sent"
    OrderStatusHistory.objects.create(
        order=order,
        previous_status=before,
        new_status=order.status,
        comment=" · ".join(part for part in (sent, shipment.carrier, shipment.tracking_number) if part),
        updated_by=shipment.actor,
    )
    topic = "order.fulfilled" if is_done else "order.partially_fulfilled"
    record_event(topic, {**order_snapshot(order), "shipment": shipment_snapshot(shipment)})


def shipment_snapshot(shipment: Shipment) -> dict[str, Any]:
    """A parcel as systems hear of it."""
    return {
        "id": str(shipment.pk),
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "tracking_url": shipment.tracking_url,
        "lines": shipment.lines,
    }
