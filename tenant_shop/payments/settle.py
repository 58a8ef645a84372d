"""Recording what happened to a payment, and what follows for the order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.documents.due import expect_invoice
from tenant_shop.integrations.record import record_event
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.loyalty.take_back import take_back_points
from tenant_shop.orders.arrival import count_anew, days_of
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.errors import PaymentNotFound
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.receipt import request_receipt
from tenant_shop.payments.status import Entry, balance, payment_status

TOPICS = {
    Order.PaymentStatus.AUTHORIZED: "order.authorized",
    Order.PaymentStatus.PAID: "order.paid",
    Order.PaymentStatus.PARTIALLY_REFUNDED: "order.refunded",
    Order.PaymentStatus.REFUNDED: "order.refunded",
    Order.PaymentStatus.FAILED: "order.payment_failed",
}
CONFIRMING = (Order.PaymentStatus.AUTHORIZED, Order.PaymentStatus.PAID)
# What an entry makes of its attempt. A failure is no news once there was money.
STATES = {
    PaymentEntry.Kind.AUTHORIZED: Payment.State.DONE,
    PaymentEntry.Kind.CAPTURED: Payment.State.DONE,
    PaymentEntry.Kind.FAILED: Payment.State.FAILED,
}


def settle(
    payment_id: UUID,
    *,
    kind: PaymentEntry.Kind,
    amount: Decimal,
    actor: str,
    provider_event_id: str | None = None,
    reference: str = "",
    details: Mapping[str, Any] | None = None,
) -> Order:
    """Enter an event of a payment into the ledger and bring its order up to date; returns the order.

    The only way money reaches an order: staff, a shopper's return from a gateway and the gateway's own message all end
    here, in any order and any number of times. `amount` is in the payment's currency. `provider_event_id` names the
    gateway's event, which is entered once; without one, each call is an event of its own. `reference` is the gateway's
    id of the payment, kept the first time it is told.
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
            reference=reference,
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
    reference: str = "",
    details: Mapping[str, Any] | None = None,
) -> Order:
    """`settle` for an order that the caller's transaction has locked."""
    known = PaymentEntry.objects.filter(gateway=payment.gateway, provider_event_id=provider_event_id)
    if provider_event_id is not None and known.exists():
        if kind == PaymentEntry.Kind.FAILED:
            _move_on(payment, kind, reference)  # asked again after a failure, the gateway says the same
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
    _move_on(payment, kind, reference)
    entries = list(PaymentEntry.objects.filter(payment__order=order).order_by("created_at", "id"))
    owed_before, order.owed_amount = order.owed_amount, owed(order, entries)
    if kind == PaymentEntry.Kind.REFUNDED:
        take_back_points(order, actor=actor)
        give_back_points(order, actor=actor)
    derived = payment_status(order.total_amount, entries, credited=order.credited_amount)
    if derived != order.payment_status:
        _bring_up_to_date(order, derived, payment, kind=kind, actor=actor)
    elif order.owed_amount != owed_before:
        order.save(update_fields=["owed_amount"])
    return order


def owed(order: Order, entries: Iterable[Entry]) -> Decimal:
    """What of the money in `entries`, those of `order`, belongs to the customer: all of it once it is cancelled."""
    money = balance(entries)
    price = Decimal(0) if order.status == Order.Status.CANCELLED else order.payable_amount
    return max(money.captured - money.refunded - price, Decimal(0))


def _move_on(payment: Payment, kind: PaymentEntry.Kind, reference: str) -> None:
    """The attempt after an entry. It was read before the lock or after it: what counts is asked of the row."""
    if reference and not payment.gateway_reference:
        payment.gateway_reference = reference
        Payment.objects.filter(pk=payment.pk, gateway_reference=None).update(gateway_reference=reference)
    state = STATES.get(kind)
    if state is None or state == payment.state:
        return
    rows = Payment.objects.filter(pk=payment.pk)
    if kind == PaymentEntry.Kind.FAILED:
        rows = rows.exclude(state__in=[Payment.State.DONE, Payment.State.DROPPED])
    if rows.update(state=state):
        payment.state = state


def _bring_up_to_date(order: Order, derived: Order.PaymentStatus, payment: Payment, *, kind: str, actor: str) -> None:
    status_before = order.status
    order.payment_status = derived
    comment = None
    # Paid again because a refund failed, an order is no news to those who send goods.
    is_news = kind != PaymentEntry.Kind.REFUND_FAILED
    if derived in CONFIRMING and is_news:
        order.payment_reference = payment.gateway_reference
        if order.status == Order.Status.PENDING:
            move_order(order, Order.Status.CONFIRMED)
            order.confirmed_at = timezone.now()
            if days_of(order) is not None:
                count_anew(order, on=timezone.localdate(order.confirmed_at, shop_settings().zone))
        elif order.status == Order.Status.CANCELLED:
            comment = "Paid after it was cancelled: the money has to be given back."
    order.save(
        update_fields=["payment_status", "payment_reference", "status", "confirmed_at", "owed_amount", "metadata"]
    )
    if order.status != status_before or comment:
        OrderStatusHistory.objects.create(
            order=order, previous_status=status_before, new_status=order.status, comment=comment, updated_by=actor
        )
    if derived in TOPICS and is_news:
        record_event(TOPICS[derived], order_snapshot(order))
    if derived == Order.PaymentStatus.PAID and is_news:
        request_receipt(order)
        expect_invoice(order.pk)
