"""Taking what came back off an order that nobody has paid."""

from decimal import Decimal

from django.utils import timezone

from smartseller.formats import amount as written
from tenant_shop.credit_notes.models import CreditNote
from tenant_shop.documents.credit import issue_credit_notes
from tenant_shop.integrations.record import record_event
from tenant_shop.loyalty.give_back import give_back_points
from tenant_shop.loyalty.take_back import take_back_points
from tenant_shop.orders.models import Order
from tenant_shop.orders.remark import remark
from tenant_shop.orders.snapshot import order_snapshot
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.refund_amounts import Worth
from tenant_shop.payments.settle import owed
from tenant_shop.payments.status import balance, payment_status


def unpaid_amount(order: Order) -> Decimal:
    """What of the order is still to be paid, in its currency; what a card promises is not paid yet. One statement."""
    if order.status == Order.Status.CANCELLED:
        return Decimal(0)
    captured = balance(PaymentEntry.objects.filter(payment__order=order)).captured
    return max(order.payable_amount - captured, Decimal(0))


def credit_locked(order: Order, value: Worth, *, key: str, actor: str, reason: str = "") -> PaymentRefund:
    """Take `value`, at most what is unpaid, off what is to be paid of the order; no money moves.

    The caller's transaction has locked the order. A credit note says so, and lowers the sales of today. Points that the
    goods earned are taken back, points that they were paid with are given back. `key` names it, as it does a refund;
    `actor` is a user's id.
    """
    now = timezone.now()
    payment = Payment.objects.filter(order=order).order_by("created_at", "id").last()
    if payment is None:
        payment = Payment.objects.create(
            order=order, gateway="manual", method="manual", amount=order.total_amount, currency=order.currency
        )
    refund = PaymentRefund.objects.create(
        payment=payment,
        amount=value.total,
        currency=order.currency,
        state=PaymentRefund.State.CREDITED,
        key=key,
        lines=list(value.lines),
        shipping_amount=value.shipping,
        reason=reason,
        actor=actor,
        asked_at=now,
    )
    _bring_up_to_date(order, value.total)
    take_back_points(order, actor=actor)
    give_back_points(order, actor=actor)
    note = CreditNote.objects.create(
        number=_number(order, refund, actor=actor),
        order=order,
        customer_id=order.customer_id,
        country=str(order.billing_address.get("country", ""))[:2],
        currency=order.currency,
        total_amount=value.total,
        issued_at=now,
    )
    _tell(order, value.total, note, actor=actor)
    return refund


def _number(order: Order, refund: PaymentRefund, *, actor: str) -> str:
    """That of the document, where the order has an invoice; else one that is made of the order's number."""
    issued = next((each for each in issue_credit_notes(order, actor=actor) if each.about == refund.pk), None)
    if issued is not None:
        return issued.number
    return f"{order.order_number}-{CreditNote.objects.filter(order=order).count() + 1}"


def _bring_up_to_date(order: Order, amount: Decimal) -> None:
    entries = list(PaymentEntry.objects.filter(payment__order=order).order_by("created_at", "id"))
    order.credited_amount += amount
    order.payment_status = payment_status(order.total_amount, entries, credited=order.credited_amount)
    order.owed_amount = owed(order, entries)
    order.save(update_fields=["credited_amount", "payment_status", "owed_amount"])


def _tell(order: Order, amount: Decimal, note: CreditNote, *, actor: str) -> None:
    what = f"{written(amount, order.currency)} need not be paid, for goods that came back."
    remark(order, f"Credit note {note.number}: {what}", actor=actor)
    record_event("order.credited", {**order_snapshot(order), "credit_note": note.number, "credited": str(amount)})
