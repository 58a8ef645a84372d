"""Asking anew for what an order costs, after the order was changed."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.confirm import is_on_trust
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.payments.ask import give_up_payment
from tenant_shop.payments.errors import PaymentUnderWay
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.settle import owed
from tenant_shop.payments.status import balance, payment_status

State = Payment.State
# What a gateway may still take money for: after a decline, another card.
PAYABLE = Q(state__in=[State.ASKING, State.SHOPPER, State.WAITING]) | Q(
    state=State.FAILED, gateway_reference__isnull=False
)
# At least so long an order waits for what it costs more.
BALANCE_TIME = timedelta(days=7)


def give_up_attempts(order: Order, shop: ShopSettings) -> None:
    """Give up at their gateways what could be paid for the order at its price of before. No lock may be held."""
    for payment in Payment.objects.filter(PAYABLE, order=order):
        give_up_payment(payment, order, shop)


def await_balance(order: Order, *, actor: str, is_same_price: bool) -> None:
    """Bring the payment of a locked order up to date whose price has changed, and save it.

    What nobody has begun to pay is dropped, and an attempt is written for all that is missing. An order that waited for
    no money and does now is pending again, for a week at least, unless staff accepted it before its money had come; one
    that waits for nothing more is confirmed.
    Errors: PaymentUnderWay while somebody may still pay it at its price of before.
    """
    if is_same_price:
        return
    attempts = Payment.objects.filter(order=order)
    attempts.filter(state=State.NEW).update(state=State.DROPPED)
    if attempts.filter(PAYABLE).exists():
        raise PaymentUnderWay
    entries = list(PaymentEntry.objects.filter(payment__order=order).order_by("created_at", "id"))
    order.owed_amount = owed(order, entries)
    order.payment_status = payment_status(order.total_amount, entries, credited=order.credited_amount)
    missing = order.payable_amount - balance(entries).captured
    now = timezone.now()
    if missing > 0:
        Payment.objects.create(
            order=order,
            gateway=order.payment_gateway or "manual",
            method=order.payment_method,
            amount=missing,
            currency=order.currency,
        )
    method = KNOWN.get(order.payment_method or "")
    if missing > 0 and method is not None and method.due_after is not None and not is_on_trust(order):
        move_order(order, Order.Status.PENDING)
        order.confirmed_at = None
        order.payment_due_at = max(order.payment_due_at or now, now + BALANCE_TIME)
    elif missing <= Decimal(0) and order.status == Order.Status.PENDING:
        move_order(order, Order.Status.CONFIRMED)
        order.confirmed_at = now
    order.save(update_fields=["owed_amount", "payment_status", "status", "confirmed_at", "payment_due_at"])
