"""What staff want to change about an order, and why an order cannot be changed like that."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from smartseller.errors import RuleViolation
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return
from tenant_shop.shipping.rates import ShippingOption

# What to do instead.
NEW_ORDER = "For more goods, take a new order."
OPEN = (Order.Status.PENDING, Order.Status.CONFIRMED, Order.Status.PROCESSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`pieces` by line's id (0 takes the line out; a line that is not named stays), `added` pieces by variant's id.

    Addresses have the fields of `clean_address`, None leaves them. `delivery` is another way to deliver, by the code of
    one of the shop's or as a price of its own; both None leave it.
    """

    pieces: Mapping[UUID, int] = field(default_factory=dict)
    added: Mapping[UUID, int] = field(default_factory=dict)
    shipping_address: Mapping[str, Any] | None = None
    billing_address: Mapping[str, Any] | None = None
    delivery_code: str | None = None
    own_delivery: ShippingOption | None = None


class OrderNotEditable(RuleViolation):
    """The order, or what is to be changed of it, cannot be changed any more: `reason` is a sentence."""

    code = "order_not_editable"

    def __init__(self, number: str, reason: str) -> None:
        self.number, self.reason = number, reason
        super().__init__(f"Order {number} cannot be changed like this. {reason}")


class OrderEditedMeanwhile(RuleViolation):
    """Somebody else changed the order since it was looked at."""

    code = "order_edited_meanwhile"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(
            f"Order {number} was changed while you were editing. Nothing of yours is saved yet: "
            "look at what it is now, and save again."
        )


def mark_of(order: Order, items: Iterable[OrderItem]) -> str:
    """A short mark of all that an edit is about: another one, and somebody changed the order."""
    facts = [
        [(str(item.pk), item.quantity, item.quantity_fulfilled) for item in items],
        order.shipping_address,
        order.billing_address,
        [order.shipping_method, str(order.total_amount), str(order.credited_amount), order.status],
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def check_editable(order: Order) -> None:
    """Whether anything of the order may be changed. At most two statements. Errors: OrderNotEditable."""
    if order.status not in OPEN:
        raise OrderNotEditable(order.order_number, f"It is {order.get_status_display().lower()}.")
    if order.payment_status == Order.PaymentStatus.AUTHORIZED:
        raise _refusal(order, "A card promises its money: take the money, or let the card go, and change it then.")
    if order.payment_status == Order.PaymentStatus.REFUNDED or order.credited_amount:
        raise _refusal(order, f"Its money was given back or credited. {NEW_ORDER}")
    refunds = PaymentRefund.objects.filter(payment__order=order).exclude(state=PaymentRefund.State.FAILED)
    if any(refund.lines or refund.shipping_amount or refund.state == PaymentRefund.State.PENDING for refund in refunds):
        raise _refusal(order, f"Money is given back for some of it. For fewer goods, give more money back. {NEW_ORDER}")
    if Return.objects.filter(order=order).exclude(status=Return.Status.DECLINED).exists():
        raise _refusal(order, f"Its customer sends goods back. {NEW_ORDER}")


def why_not_editable(order: Order) -> str:
    """Why nothing of the order can be changed, and what to do instead; "" when it can. At most two statements."""
    try:
        check_editable(order)
    except OrderNotEditable as refusal:
        return refusal.reason
    return ""


def check_lines(order: Order, items: Mapping[UUID, OrderItem], change: Change) -> None:
    """Whether these lines may be changed. Pure. Errors: OrderNotEditable."""
    for item_id, pieces in change.pieces.items():
        item = items[item_id]
        if pieces < 0:
            raise _refusal(order, "A line has no fewer pieces than none.")
        if pieces < item.quantity_fulfilled:
            raise _refusal(order, f"Of {item.product_name} {item.quantity_fulfilled} were sent.")
    if order.points_spent:
        raise _refusal(order, "Its customer paid with points. Cancel it, and take a new one.")
    if any(item.variant_id is None for item in items.values()):
        raise _refusal(order, "It came from another system, and its goods are not known here.")


def _refusal(order: Order, reason: str) -> OrderNotEditable:
    return OrderNotEditable(order.order_number, reason)
