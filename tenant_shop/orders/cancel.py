"""Cancelling an order."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.documents.credit import issue_credit_notes
from tenant_shop.integrations.record import record_event
from tenant_shop.inventory.release import release_stock
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.orders.cancelled_mail import request_cancelled_mail
from tenant_shop.orders.errors import OrderNotCancellable
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.move import move_order
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.models import PaymentEntry
from tenant_shop.payments.settle import owed
from tenant_shop.promotions.redeem import lock_limits_of, release_redemptions

WRITTEN_OFF = "Its goods were written off as damaged."


def cancel_order(order_id: UUID, *, reason: str, actor: str, restock: bool = True, tell: bool = True) -> Order:
    """Cancel an order of which nothing was sent: its goods go back on sale, its discounts can be used again, the points
    that it took are the customer's again.

    Without `restock` the goods are written off as damaged, in the stock's ledger and with a word in the history.
    Money that was paid stays where it is, noted as owed: giving it back is a refund of its own. `reason` is for the
    history, `actor` a user's id or the name of a job. What its invoice asked for and nobody paid is taken back by a
    credit note. After commit: the customer is mailed, but for `tell`.
    Errors: OrderNotFound; OrderNotCancellable once it was sent or cancelled. Nothing changes then.
    """
    with shop_transaction():
        return cancel_locked(lock_order(order_id), reason=reason, actor=actor, restock=restock, tell=tell)


def cancel_locked(
    order: Order, *, reason: str, actor: str, is_overdue: bool = False, restock: bool = True, tell: bool = True
) -> Order:
    """`cancel_order` for an order that the caller's transaction has locked; `is_overdue` if nobody paid it in time."""
    if not order.is_cancellable:
        raise OrderNotCancellable(order.order_number, order.status)
    before = move_order(order, Order.Status.CANCELLED)
    order.cancelled_at = timezone.now()
    order.owed_amount = owed(order, PaymentEntry.objects.filter(payment__order=order))
    order.save(update_fields=["status", "cancelled_at", "owed_amount"])
    give_back_points(order, actor=actor)
    # In the order in which an order that is placed locks them: otherwise the two could wait for each other.
    lock_limits_of(order.pk)
    lost = release_stock(order.pk, actor=actor, restock=restock)
    release_redemptions(order.pk)
    OrderStatusHistory.objects.create(
        order=order,
        previous_status=before,
        new_status=order.status,
        comment=f"{reason} {WRITTEN_OFF}".strip() if lost else reason,
        updated_by=actor,
    )
    record_event("order.cancelled", {**order_snapshot(order), "reason": reason})
    issue_credit_notes(order, actor=actor)
    if tell:
        request_cancelled_mail(order, is_overdue=is_overdue)
    return order
