"""What staff do when the money has come."""

from decimal import Decimal
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import MoneyPromised, NothingOpen, OrderNotPayable
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.settle import settle_locked
from tenant_shop.payments.status import balance


def mark_as_paid(order_id: UUID, *, actor: str) -> Order:
    """Record that whatever was open of the order has been paid by hand.

    `actor` is the id of the user who says so.
    Errors, with nothing changed: OrderNotFound; OrderNotPayable for a cancelled or refunded order; NothingOpen when
        all of it has come, so that the second of two clicks says so; MoneyPromised while a card still promises some of
        it, which could be taken as well.
    """
    with shop_transaction():
        order = lock_order(order_id)
        if order.status in (Order.Status.CANCELLED, Order.Status.REFUNDED):
            raise OrderNotPayable(order.order_number, order.status)
        money = balance(PaymentEntry.objects.filter(payment__order=order))
        missing = order.payable_amount - money.captured
        if missing <= 0:
            raise NothingOpen(order.order_number)
        if money.authorized:
            raise MoneyPromised(order.order_number, money.authorized, order.currency)
        return enter_by_hand(order, missing, actor=actor)


def enter_by_hand(order: Order, amount: Decimal, *, actor: str) -> Order:
    """Enter `amount` (in the order's currency) that staff have found. The caller's transaction has locked the order."""
    payment = Payment.objects.filter(order=order, gateway="manual").order_by("created_at", "id").last()
    if payment is None:
        payment = Payment.objects.create(
            order=order, gateway="manual", method="manual", amount=amount, currency=order.currency
        )
    return settle_locked(order, payment, kind=PaymentEntry.Kind.CAPTURED, amount=amount, actor=actor)
