"""Giving back what came back cost."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.credit import credit_locked, unpaid_amount
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.payments.refund import refund_lines
from tenant_shop.payments.refund_amounts import Worth, at_most, worth
from tenant_shop.payments.refundable import is_all_given_back, refundable
from tenant_shop.returns.errors import ReturnNotMovable
from tenant_shop.returns.left import Left, left_to_refund
from tenant_shop.returns.models import Return
from tenant_shop.returns.move import lock_return, move_locked
from tenant_shop.returns.refunds import key_for, refunds_of

Status = Return.Status
State = PaymentRefund.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What giving a return's money back would do now, in the order's currency: of all that its goods are `worth`,
    `credit` is taken off what is unpaid, and `money` goes back; what is left was given back before in another way."""

    worth: Decimal
    credit: Decimal
    money: Decimal


def refund_return(return_id: UUID, *, shipping: bool, actor: str, reason: str = "") -> Return:
    """Give back what the goods of a return that has arrived cost, and delivery if `shipping`; safe any number of times.

    What of the order is unpaid is lowered by it first, with a credit note, and no money moves for that. The rest goes
    by the payments that it came by, never more than the shop still has of the order's money, and the return is refunded
    once all of it is gone: at once, or when a gateway that is slow has confirmed it. Where a part of it failed, the
    return stays as it is, and the next time gives back what is missing, delivery that was promised with it. What was
    given back of these lines before is not given back twice. Points that the goods earned are taken back, points that
    they were paid with are given back. `actor` is a user's id.
    After commit: the customer is mailed.
    Errors, with no money given back: Return.DoesNotExist; ReturnNotMovable; those of `payments.refund.refund_lines`.
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
        left = left_to_refund(asked)
        number = len(own) + 1
        shipping = shipping or left.shipping
        unpaid = unpaid_amount(order)
        if unpaid and (shipping or left.amount):
            whole = _worth(order, left, shipping=shipping)
            value = at_most(whole, unpaid)
            credit_locked(order, value, key=key_for(asked, number), actor=actor, reason=reason)
            left, number = left_to_refund(asked), number + 1
            shipping = left.shipping or value.shipping < whole.shipping
        if (not shipping and not left.amount) or is_all_given_back(order):
            move_locked(asked, Status.REFUNDED, actor=actor)
            give_back_points(order, actor=actor)
            return asked
    refund_lines(
        order.pk,
        wanted=left.pieces,
        shipping=shipping,
        restock=False,
        key=key_for(asked, number),
        actor=actor,
        reason=reason,
        unsent={},
        capped=True,
    )
    return Return.objects.get(pk=return_id)


def prospect_of(asked: Return, *, shipping: bool) -> Prospect:
    """What `refund_return` would do now. Errors: RefundInvalid."""
    left = left_to_refund(asked)
    delivery = shipping or left.shipping
    if not delivery and not left.amount:
        return Prospect(worth=Decimal(0), credit=Decimal(0), money=Decimal(0))
    whole = _worth(asked.order, left, shipping=delivery).total
    credit = min(whole, unpaid_amount(asked.order))
    there = sum(map(refundable, Payment.objects.filter(order=asked.order)), Decimal(0))
    return Prospect(worth=whole, credit=credit, money=min(whole - credit, there))


def value_of(asked: Return, *, shipping: bool) -> Decimal:
    """What the customer would be better off by `refund_return` now, in the order's currency. Errors: RefundInvalid."""
    prospect = prospect_of(asked, shipping=shipping)
    return prospect.credit + prospect.money


def _worth(order: Order, left: Left, *, shipping: bool) -> Worth:
    items = OrderItem.objects.filter(order=order)
    refunds = list(PaymentRefund.objects.filter(payment__order=order))
    return worth(order, items, refunds, left.pieces, shipping=shipping, unsent={})
