"""Giving back what came back cost."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.orders.models import Order, OrderItem
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.payments.refund import refund_lines
from tenant_shop.payments.refund_amounts import line_price, pieces_given, worth
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.move import lock_return, move_locked
from tenant_shop.returns.refunds import key_for, refunds_of

Status = Return.Status
State = PaymentRefund.State


def refund_return(return_id: UUID, *, shipping: bool, actor: str, reason: str = "") -> Return:
    """Give back what the goods of a return that has arrived cost, and delivery if `shipping`; safe any number of times.

    The money goes by the payments that it came by, and the return is refunded once all of it is gone: at once, or when
    a gateway that is slow has confirmed it. What was given back of these lines before is not given back twice. Points
    that the goods earned are taken back, points that they were paid with are given back. `actor` is a user's id.
    After commit: the customer is mailed.
    Errors, with nothing given back: Return.DoesNotExist; ReturnNotMovable; those of `payments.refund.refund_lines`.
    """
    with shop_transaction():
        order, asked = lock_return(return_id)
        if asked.status == Status.REFUNDED:
            return asked
        if asked.status != Status.RECEIVED:
            raise ReturnNotMovable(asked.status, Status.REFUNDED)
        own = list(refunds_of(asked))
        if any(refund.state == State.PENDING for refund in own):
            return asked
        wanted = left_to_refund(asked)
        if not shipping and not _costs_money(order, wanted):
            move_locked(asked, Status.REFUNDED, actor=actor)
            give_back_points(order, actor=actor)
            return asked
    refund_lines(
        order.pk,
        wanted=wanted,
        shipping=shipping,
        restock=False,
        key=key_for(asked, len(own) + 1),
        actor=actor,
        reason=reason,
    )
    return Return.objects.get(pk=return_id)


def left_to_refund(asked: Return) -> dict[UUID, int]:
    """Pieces of a return by line, as far as they were not given back by another refund of the order."""
    refunds = PaymentRefund.objects.filter(payment__order=asked.order_id)
    given = pieces_given(refunds)
    lines = ReturnLine.objects.filter(parent=asked).select_related("order_item").order_by("order_item__position")
    left = {
        line.order_item_id: min(line.quantity, line.order_item.quantity - given.get(line.order_item_id, 0))
        for line in lines
    }
    return {item_id: pieces for item_id, pieces in left.items() if pieces > 0}


def value_of(asked: Return, *, shipping: bool) -> Decimal:
    """What `refund_return` would give back now, in the order's currency. Errors: RefundInvalid."""
    order, wanted = asked.order, left_to_refund(asked)
    if not shipping and not _costs_money(order, wanted):
        return Decimal(0)
    refunds = list(PaymentRefund.objects.filter(payment__order=order).exclude(state=State.FAILED))
    return worth(order, OrderItem.objects.filter(order=order), refunds, wanted, shipping=shipping).total


def _costs_money(order: Order, wanted: Mapping[UUID, int]) -> bool:
    return any(line_price(item, order) for item in OrderItem.objects.filter(order=order, pk__in=wanted))
