"""What staff do when the money has come."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import OrderNotPayable
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.settle import settle_locked
from tenant_shop.payments.status import balance


def mark_as_paid(order_id: UUID, *, actor: str) -> Order:
    """Record that whatever was open of the order has been paid by hand. Safe twice: a paid order stays as it is.

    `actor` is the id of the user who says so.
    Errors: OrderNotFound; OrderNotPayable for a cancelled or refunded order.
    """
    with shop_transaction():
        order = lock_order(order_id)
        if order.status in (Order.Status.CANCELLED, Order.Status.REFUNDED):
            raise OrderNotPayable(order.order_number, order.status)
        money = balance(PaymentEntry.objects.filter(payment__order=order))
        missing = order.total_amount - money.captured
        if missing <= 0:
            return order
        payment = Payment.objects.filter(order=order, gateway="manual").order_by("created_at", "id").last()
        if payment is None:
            payment = Payment.objects.create(
                order=order, gateway="manual", method="manual", amount=missing, currency=order.currency
            )
        return settle_locked(order, payment, kind=PaymentEntry.Kind.CAPTURED, amount=missing, actor=actor)
