"""Which payments money can be given back of, and how much."""

from collections.abc import Iterable
from decimal import Decimal

from tenant_shop.orders.models import Order
from tenant_shop.payments.errors import RefundTooLarge
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.payments.status import balance

State = PaymentRefund.State


def refundable(payment: Payment) -> Decimal:
    """What was captured of a payment and is neither given back nor about to be. Two statements."""
    entries = PaymentEntry.objects.filter(payment=payment).values_list("kind", "amount")
    of: dict[str, Decimal] = {}
    for kind, amount in entries:
        of[kind] = of.get(kind, Decimal(0)) + amount
    pending = PaymentRefund.objects.filter(payment=payment, state=State.PENDING).values_list("amount", flat=True)
    nothing = Decimal(0)
    captured = of.get(PaymentEntry.Kind.CAPTURED, nothing)
    returned = of.get(PaymentEntry.Kind.REFUNDED, nothing) - of.get(PaymentEntry.Kind.REFUND_FAILED, nothing)
    return captured - returned - sum(pending, nothing)


def owed_yet(order: Order, refunds: Iterable[PaymentRefund]) -> Decimal:
    """What was paid beyond the price of an order that holds, and does not go back by `refunds`, all of its. Pure."""
    if order.status == Order.Status.CANCELLED:
        return Decimal(0)
    returning = sum((each.amount for each in refunds if each.state == State.PENDING), Decimal(0))
    return max(order.owed_amount - returning, Decimal(0))


def is_all_given_back(order: Order) -> bool:
    """Whether the shop has nothing of the order's money any more; what is on its way may yet stay. One statement."""
    money = balance(PaymentEntry.objects.filter(payment__order=order))
    return money.captured <= money.refunded


def shares_of(order: Order, amount: Decimal) -> list[tuple[Payment, Decimal]]:
    """Which payments give how much of `amount`: one that has it all, or the oldest first. Errors: RefundTooLarge."""
    payments = Payment.objects.filter(order=order).order_by("created_at", "id")
    possible = [(payment, refundable(payment)) for payment in payments]
    for payment, there in possible:
        if there >= amount:
            return [(payment, amount)]
    shares: list[tuple[Payment, Decimal]] = []
    missing = amount
    for payment, there in possible:
        share = min(there, missing)
        if share > 0:
            shares.append((payment, share))
            missing -= share
    if missing:
        raise RefundTooLarge(amount, amount - missing, order.currency)
    return shares
