"""Giving spent points back, when an order does not come about or its goods come back."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import MOST, points_to_give_back
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.given_back import given_back
from tenant_shop.payments.models import GONE, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund_amounts import line_price
from tenant_shop.payments.status import balance, with_credits
from tenant_shop.returns.models import Return, ReturnLine

Reason = LoyaltyEntry.Reason


def give_back_points(order: Order, *, actor: str) -> int:
    """Give back what is due of the points that `order`, which the caller's transaction has locked, has spent; how many
    now.

    All of them once it is cancelled; of a delivered one those of the goods that came back. Worked out from all that
    came back and all that was given back before, so it is safe any number of times. `actor` is a user's id or the name
    of a job. No statement for an order that spent none.
    """
    if not order.points_spent or order.customer_id is None:
        return 0
    customer = Customer.objects.select_for_update(no_key=True).get(pk=order.customer_id)
    before = LoyaltyEntry.objects.filter(order=order, reason=Reason.GIVEN_BACK).aggregate(
        total=Sum("points", default=0)
    )["total"]
    due = order.points_spent if order.status == Order.Status.CANCELLED else _of_what_came_back(order)
    points: int = min(due - before, MOST - customer.loyalty_points)
    if points <= 0:
        return 0
    LoyaltyEntry.objects.create(customer=customer, order=order, points=points, reason=Reason.GIVEN_BACK, actor=actor)
    return points


def _of_what_came_back(order: Order) -> int:
    items = list(OrderItem.objects.filter(order=order))
    refunds = list(PaymentRefund.objects.filter(payment__order=order, state__in=GONE))
    pieces = given_back(refunds).pieces
    for item_id, returned in _returned_for_nothing(order, items).items():
        pieces[item_id] = max(pieces.get(item_id, 0), returned)
    return points_to_give_back(
        order,
        items,
        pieces,
        money=with_credits(balance(PaymentEntry.objects.filter(payment__order=order)), order),
        delivery_refunded=sum((refund.shipping_amount for refund in refunds), Decimal(0)),
    )


def _returned_for_nothing(order: Order, items: Iterable[OrderItem]) -> dict[UUID, int]:
    """Pieces that came back and were paid with points alone: no refund says so, their returns do."""
    free = [item.pk for item in items if not line_price(item, order)]
    if not free:
        return {}
    lines = ReturnLine.objects.filter(order_item__in=free, parent__status=Return.Status.REFUNDED)
    return dict(lines.order_by().values_list("order_item").annotate(Sum("quantity")))
