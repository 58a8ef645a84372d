"""Trying again, or another way to pay."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.integrations.record import record_event
from tenant_shop.orders.errors import PaymentMethodUnavailable
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.ask import give_up_payment, read_payment
from tenant_shop.payments.errors import (
    AttemptOutdated,
    GatewayNotOffered,
    OrderNotPayable,
    PaymentUnderWay,
    TooManyAttempts,
)
from tenant_shop.payments.gateways.protocol import Outcome
from tenant_shop.payments.methods import PaymentMethod, is_usable, offered_again
from tenant_shop.payments.models import Payment

State = Payment.State
OVER = (State.NEW, State.FAILED, State.DROPPED)
# The gateway has nothing to think about: no card was given, or the last one was declined.
WITH_THE_SHOPPER = (State.SHOPPER, State.FAILED)
# Whoever tries more cards than this on one order is not shopping.
MOST_ATTEMPTS = 10
ACTOR = "shopper"


def next_attempt(order: Order, shop: ShopSettings, *, after: UUID, method: str) -> tuple[Order, Payment]:
    """The attempt that follows `after`, which the shopper's page showed, by the way to pay called `method`.

    `after` itself, where it waits for the shopper and the method stays. Otherwise it is given up at its gateway first,
    so that no two attempts of an order can be paid, and a new one is written; the order's goods and its code stay as
    they are. Only where the shop does not use that gateway any more and cannot reach it, an attempt that the shopper
    has not paid is left behind: the job gives it up later, and money that comes by it all the same is owed.
    The order's time to pay becomes that of the new method, counted from when it was placed; where that is nearly over,
    from now, within the time that the order had.
    Errors, with nothing written: PaymentMethodUnavailable; OrderNotPayable once it is paid, cancelled or its time is
        over; AttemptOutdated when another attempt came in between; PaymentUnderWay while `after` may still be paid;
        TooManyAttempts.
    """
    wanted = next((each for each in offered_again(shop, is_test=order.is_test) if each.code == method), None)
    if wanted is None:
        raise PaymentMethodUnavailable(method)
    before = newest_attempt(order)
    if before is None or before.pk != after:
        raise AttemptOutdated
    if before.method == method and before.state in (State.NEW, State.SHOPPER):
        return order, before
    is_left_behind = _give_up(before, order, shop)
    with shopper_transaction():
        locked = lock_order(order.pk)
        if not locked.is_awaiting_payment or locked.is_overdue:
            raise OrderNotPayable(locked.order_number, locked.status)
        newest = newest_attempt(locked)
        if newest is None or newest.pk != after:
            raise AttemptOutdated
        if newest.state not in OVER and not (is_left_behind and newest.state == State.SHOPPER):
            raise PaymentUnderWay
        if Payment.objects.filter(order=locked).count() >= MOST_ATTEMPTS:
            raise TooManyAttempts
        return locked, _write(locked, wanted, newest)


def newest_attempt(order: Order) -> Payment | None:
    """The last attempt to pay the order; None for one that costs nothing. One statement."""
    return Payment.objects.filter(order=order).order_by("created_at", "id").last()


def _give_up(before: Payment, order: Order, shop: ShopSettings) -> bool:
    """Make sure that the attempt cannot be paid any more; whether it has to be left behind instead."""
    if before.state == State.DONE:
        raise OrderNotPayable(order.order_number, order.status)
    if before.gateway == "manual" or before.state in (State.NEW, State.DROPPED):
        return False
    if before.state in (State.ASKING, State.WAITING) and _is_thinking(before, order, shop):
        raise PaymentUnderWay
    if not before.gateway_reference:
        return False
    outcome = give_up_payment(before, order, shop).outcome
    if outcome is Outcome.WAITING and before.state in WITH_THE_SHOPPER and not is_usable(before.gateway, shop):
        return True
    if outcome is not Outcome.DROPPED:
        raise PaymentUnderWay
    return False


def _is_thinking(before: Payment, order: Order, shop: ShopSettings) -> bool:
    """Whether the gateway, asked once more, still has to say how the attempt ended."""
    try:
        read_payment(before, order, shop)
    except GatewayNotOffered:
        return give_up_payment(before, order, shop).outcome is Outcome.WAITING
    before.refresh_from_db()
    return before.state in (State.ASKING, State.WAITING)


def _write(order: Order, wanted: PaymentMethod, before: Payment) -> Payment:
    # Announcing an attempt takes no lock on the order: the row says whether it was announced since it was read.
    unannounced = Payment.objects.filter(pk=before.pk, state=State.NEW)
    if before.state == State.NEW and not unannounced.update(state=State.DROPPED):
        raise PaymentUnderWay
    payment = Payment.objects.create(
        order=order, gateway=wanted.gateway, method=wanted.code, amount=before.amount, currency=before.currency
    )
    if order.payment_method != wanted.code:
        _change_method(order, wanted)
    return payment


def _change_method(order: Order, wanted: PaymentMethod) -> None:
    order.payment_method, order.payment_gateway = wanted.code, wanted.gateway
    order.payment_due_at = _due_at(order, wanted.due_after, now=timezone.now())
    status_before = order.status
    if wanted.due_after is None:
        move_order(order, Order.Status.CONFIRMED)
        order.confirmed_at = timezone.now()
    order.save(update_fields=["payment_method", "payment_gateway", "payment_due_at", "status", "confirmed_at"])
    OrderStatusHistory.objects.create(
        order=order,
        previous_status=status_before,
        new_status=order.status,
        comment=f"To be paid by {wanted.code.replace('_', ' ')}.",
        updated_by=ACTOR,
    )
    record_event("order.payment_method_changed", order_snapshot(order))


def _due_at(order: Order, after: timedelta | None, *, now: datetime) -> datetime | None:
    """Until when the order, which is not overdue, waits for a method's money: never a time that is over.

    Whoever ordered by transfer yesterday has as long for a card as anybody, but no longer than they had.
    """
    if after is None:
        return None
    from_now = now + after if order.payment_due_at is None else min(order.payment_due_at, now + after)
    return max(order.created_at + after, from_now)
