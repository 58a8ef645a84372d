"""What of an order was given back, and where its pieces are for that."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentRefund

SENT = (Order.Status.SHIPPED, Order.Status.DELIVERED)


@dataclass(slots=True, kw_only=True)
class GivenBack:
    """By line: how many pieces were given back or are being given back, how many of these had not been sent and never
    will be, and for how much. Amounts in the order's currency."""

    pieces: dict[UUID, int] = field(default_factory=dict)
    unsent: dict[UUID, int] = field(default_factory=dict)
    money: dict[UUID, Decimal] = field(default_factory=dict)
    shipping: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the pieces of a line are: `unsent` are to be sent yet, `sent` left the house, and `kept` are those of them
    that were not given back."""

    unsent: int
    sent: int
    kept: int

    @property
    def left(self) -> int:
        """What can be given back."""
        return self.unsent + self.kept


def given_back(refunds: Iterable[PaymentRefund]) -> GivenBack:
    """What `refunds`, those of one order, have given back or reserved; those that failed have not."""
    given = GivenBack()
    for refund in refunds:
        if refund.state == PaymentRefund.State.FAILED:
            continue
        given.shipping += refund.shipping_amount
        for line in refund.lines:
            item = UUID(line["item"])
            given.pieces[item] = given.pieces.get(item, 0) + int(line["quantity"])
            given.unsent[item] = given.unsent.get(item, 0) + int(line["unsent"])
            given.money[item] = given.money.get(item, Decimal(0)) + Decimal(line["amount"])
    return given


def standing_of(order: Order, items: Iterable[OrderItem], given: GivenBack) -> dict[UUID, Standing]:
    """Where the pieces of `items`, all lines of `order`, are.

    An order that was sent without a note of its parcels (history that was imported) was sent whole.
    """
    lines = list(items)
    is_noted = any(item.quantity_fulfilled for item in lines) or order.status not in SENT
    found = {}
    for item in lines:
        never = given.unsent.get(item.pk, 0)
        sent = item.quantity_fulfilled if is_noted else item.quantity - never
        came_back = given.pieces.get(item.pk, 0) - never
        found[item.pk] = Standing(unsent=item.quantity - sent - never, sent=sent, kept=sent - came_back)
    return found
