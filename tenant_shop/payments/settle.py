"""Recording what happened to a payment, and what follows for the order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.models import Order, OrderStatusHistory
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.errors import PaymentNotFound
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.status import payment_status

TOPICS = {
    Order.PaymentStatus.AUTHORIZED: "order.authorized",
    Order.PaymentStatus.PAID: "order.paid",
    Order.PaymentStatus.PARTIALLY_REFUNDED: "order.refunded",
    Order.PaymentStatus.REFUNDED: "order.refunded",
    Order.PaymentStatus.FAILED: "order.payment_failed",
}
CONFIRMING = (Order.PaymentStatus.AUTHORIZED, Order.PaymentStatus.PAID)


def settle(
    payment_id: UUID,
    *,
    kind: PaymentEntry.Kind,
    amount: Decimal,
    actor: str,
    provider_event_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Order:
    """Enter an event of a payment into the ledger and bring its order up to date; returns the order.

    The only way money reaches an order: staff, a shopper's return from a gateway and the gateway's own message all end
    here, in any order and any number of times. `amount` is in the payment's currency. `provider_event_id` names the
    gateway's event, which is entered once; without one, each call is an event of its own.
    Money for a cancelled order is entered too, for it did arrive; the order stays cancelled and its history says so.
    Errors: PaymentNotFound; ValueError for an amount below zero.
    """
    if amount < 0:
        raise ValueError("an entry's amount is never negative; its kind says where the money went")
    with shop_transaction():
        order = Order.objects.select_for_update(no_key=True, of=("self",)).filter(payments__pk=payment_id).first()
        if order is None:
            raise PaymentNotFound(payment_id)
        payment = Payment.objects.get(pk=payment_id)
        return settle_locked(
            order,
            payment,
            kind=kind,
            amount=amount,
            actor=actor,
            provider_event_id=provider_event_id,
            details=details,
        )


def settle_locked(
    order: Order,
    payment: Payment,
    *,
    kind: PaymentEntry.Kind,
    amount: Decimal,
    actor: str,
    provider_event_id: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> Order:
    """`settle` for an order that the caller's transaction has locked."""
    known = PaymentEntry.objects.filter(gateway=payment.gateway, provider_event_id=provider_event_id)
    if provider_event_id is not None and known.exists():
        return order
    PaymentEntry.objects.create(
        payment=payment,
        kind=kind,
        amount=amount,
        currency=payment.currency,
        gateway=payment.gateway,
        provider_event_id=provider_event_id,
        details=dict(details or {}),
        actor=actor,
    )
    entries = PaymentEntry.objects.filter(payment__order=order).order_by("created_at", "id")
    _bring_up_to_date(order, payment_status(order.total_amount, entries), actor=actor)
    return order


def _bring_up_to_date(order: Order, derived: Order.PaymentStatus, *, actor: str) -> None:
    if derived == order.payment_status:
        return
    status_before = order.status
    order.payment_status = derived
    comment = None
    if derived in CONFIRMING:
        if order.status == Order.Status.PENDING:
            order.status = Order.Status.CONFIRMED
            order.confirmed_at = timezone.now()
        elif order.status == Order.Status.CANCELLED:
            comment = "Paid after it was cancelled: the money has to be given back."
    order.save(update_fields=["payment_status", "status", "confirmed_at"])
    if order.status != status_before or comment:
        OrderStatusHistory.objects.create(
            order=order, previous_status=status_before, new_status=order.status, comment=comment, updated_by=actor
        )
    if derived in TOPICS:
        record_event(TOPICS[derived], order_snapshot(order))
