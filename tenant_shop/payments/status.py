"""What a ledger of payments says about an order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry

Kind = PaymentEntry.Kind
Status = Order.PaymentStatus


class Entry(Protocol):
    """A row of the ledger, as far as the status needs it."""

    payment_id: UUID
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Balance:
    """Sums over an order's entries, in its currency; `authorized` is what can still be captured, `refunded` what was
    given back and did not come back."""

    authorized: Decimal
    captured: Decimal
    refunded: Decimal


def balance(entries: Iterable[Entry]) -> Balance:
    """The sums of a ledger. Captures and voids use up their own payment's authorisation."""
    sums: dict[tuple[UUID, str], Decimal] = {}
    for entry in entries:
        key = (entry.payment_id, entry.kind)
        sums[key] = sums.get(key, Decimal(0)) + entry.amount

    def total(kind: str) -> Decimal:
        return sum((amount for (_, each), amount in sums.items() if each == kind), Decimal(0))

    reserved = Decimal(0)
    for payment_id in {payment_id for payment_id, _ in sums}:
        of = {kind: sums.get((payment_id, kind), Decimal(0)) for kind in (Kind.AUTHORIZED, Kind.CAPTURED, Kind.VOIDED)}
        reserved += max(of[Kind.AUTHORIZED] - of[Kind.CAPTURED] - of[Kind.VOIDED], Decimal(0))
    return Balance(reserved, total(Kind.CAPTURED), total(Kind.REFUNDED) - total(Kind.REFUND_FAILED))


def with_credits(money: Balance, order: Order) -> Balance:
    """`money` of `order`, with what need not be paid of it among what was given back. Pure."""
    return replace(money, refunded=money.refunded + order.credited_amount)


def payment_status(
    order_total: Decimal, entries: Iterable[Entry], *, credited: Decimal = Decimal(0)
) -> Order.PaymentStatus:
    """The status of an order that costs `order_total`, of which `credited` need not be paid, from its entries, oldest
    first. Pure.

    Money counts before promises, promises before failures: a capture of the whole total is paid whatever failed before
    or after it; less than the total is still pending. A failure shows only while nothing else is under way. What came
    back whole before anything was paid is refunded: nothing is to be paid, and nothing was.
    """
    rows = list(entries)
    money = balance(rows)
    if money.refunded:
        return Status.REFUNDED if money.refunded >= money.captured else Status.PARTIALLY_REFUNDED
    if credited and credited >= order_total and not money.captured:
        return Status.REFUNDED
    if money.captured >= order_total - credited:
        return Status.PAID
    if money.captured + money.authorized >= order_total - credited:
        return Status.AUTHORIZED
    return Status.FAILED if rows and rows[-1].kind == Kind.FAILED else Status.PENDING
