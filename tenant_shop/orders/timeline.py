"""What happened to an order, told in the order in which it did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from smartseller.formats import amount
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import OrderNote
from tenant_shop.payments.methods import KNOWN
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.returns.models import Return

MONEY = {
    PaymentEntry.Kind.AUTHORIZED: "{} promised",
    PaymentEntry.Kind.CAPTURED: "{} received",
    PaymentEntry.Kind.FAILED: "{} not paid",
    PaymentEntry.Kind.REFUNDED: "{} given back",
    PaymentEntry.Kind.REFUND_FAILED: "{} that was given back came back",
    PaymentEntry.Kind.VOIDED: "{} promised before and not taken",
}
BEGUN = "Placed"
WAYS = {"manual": "entered by hand", "points": "points"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """When what happened, and by whom: a user's id, a job or a gateway; `is_note` where somebody wrote it down.

    `id` is the row's, which tells what was first of one transaction: all of it has the same moment.
    """

    at: datetime
    id: UUID
    text: str
    actor: str
    is_note: bool = False
    is_first: bool = False


def timeline_of(order: Order) -> list[Happening]:
    """What happened, the newest first; that the order was placed is the oldest of its moment. Five statements."""
    found = [*_steps(order), *_notes(order), *_money(order), *_refusals(order), *_returns(order)]
    return sorted(found, key=lambda each: (each.at, not each.is_first, each.id), reverse=True)


def _steps(order: Order) -> Iterator[Happening]:
    for step in OrderStatusHistory.objects.filter(order=order):
        status = Order.Status(step.new_status).label if step.new_status in Order.Status.values else step.new_status
        is_first = step.previous_status is None
        moved = BEGUN if is_first else status if step.previous_status != step.new_status else ""
        text = " · ".join(part for part in (moved, step.comment or "") if part)
        yield Happening(
            at=step.created_at, id=step.pk, text=text or status, actor=step.updated_by or "", is_first=is_first
        )


def _notes(order: Order) -> Iterator[Happening]:
    for note in OrderNote.objects.filter(order=order):
        yield Happening(at=note.created_at, id=note.pk, text=note.text, actor=note.actor, is_note=True)


def _money(order: Order) -> Iterator[Happening]:
    for entry in PaymentEntry.objects.filter(payment__order=order).select_related("payment"):
        words = MONEY[PaymentEntry.Kind(entry.kind)].format(amount(entry.amount, entry.currency))
        text = f"{words} ({way_of(entry.payment)})"
        yield Happening(at=entry.created_at, id=entry.pk, text=text, actor=entry.actor or "")


def _refusals(order: Order) -> Iterator[Happening]:
    failed = PaymentRefund.objects.filter(payment__order=order, state=PaymentRefund.State.FAILED)
    for refund in failed:
        text = f"{amount(refund.amount, refund.currency)} not given back: {refund.problem}"
        yield Happening(at=refund.updated_at, id=refund.pk, text=text, actor=refund.actor)


def _returns(order: Order) -> Iterator[Happening]:
    for asked in Return.objects.filter(order=order):
        text = f"Return asked for: {asked.get_reason_display().lower()}; {asked.get_status_display().lower()} now"
        yield Happening(at=asked.created_at, id=asked.pk, text=text, actor="customer")


def way_of(payment: Payment) -> str:
    """How it is paid, in words within a sentence; what the shop does not know as a way to pay stays as it is called."""
    method = payment.method or payment.gateway
    return str(KNOWN[method].label).lower() if method in KNOWN else WAYS.get(method, method)
