"""What staff do when money came for an order that was cancelled."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import MoneyPromised, NotLate
from tenant_shop.payments.mark_paid import enter_by_hand
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.status import balance


def enter_late_money(order_id: UUID, *, actor: str) -> Order:
    """Record that the price of a cancelled order has come by hand all the same: it is owed until it is given back.

    The order stays cancelled. Safe twice: one whose price was paid stays as it is. `actor` is the id of the user who
    says so. After commit: the customer is told that the money came and goes back.
    Errors: OrderNotFound; NotLate for an order that is not cancelled; MoneyPromised until the job has let go what a
        card promised.
    """
    with shop_transaction():
        order = lock_order(order_id)
        if order.status != Order.Status.CANCELLED:
            raise NotLate(order.order_number, order.status)
        money = balance(PaymentEntry.objects.filter(payment__order=order))
        missing = order.total_amount - money.captured
        if missing <= 0:
            return order
        if money.authorized:
            raise MoneyPromised(order.order_number, money.authorized, order.currency)
        return enter_by_hand(order, missing, actor=actor)
