"""Where an order's money stands: what came, what went back, what is open."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from tenant_shop.orders.models import Order
from tenant_shop.payments.models import PaymentEntry, PaymentRefund
from tenant_shop.payments.status import Entry, balance


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """In the order's currency. `promised` can be taken from a card yet, `returning` is on its way back, `open` is to be
    paid, `refundable` is what could be given back now."""

    captured: Decimal
    promised: Decimal
    refunded: Decimal
    returning: Decimal
    open: Decimal

    @property
    def refundable(self) -> Decimal:
        return max(self.captured - self.refunded - self.returning, Decimal(0))

    @property
    def is_payable_by_hand(self) -> bool:
        """Whether `mark_as_paid` would enter something."""
        return self.open > 0 and not self.promised


def stand_of(order: Order, entries: Iterable[Entry], refunds: Iterable[PaymentRefund]) -> Stand:
    """The sums of `order`, of all its `entries` and `refunds`. Pure."""
    money = balance(entries)
    returning = sum((each.amount for each in refunds if each.state == PaymentRefund.State.PENDING), Decimal(0))
    is_over = order.status in (Order.Status.CANCELLED, Order.Status.REFUNDED)
    return Stand(
        captured=money.captured,
        promised=money.authorized,
        refunded=money.refunded,
        returning=returning,
        open=Decimal(0) if is_over else max(order.payable_amount - money.captured, Decimal(0)),
    )


def made_elsewhere(entries: Iterable[PaymentEntry], refunds: Iterable[PaymentRefund]) -> list[PaymentEntry]:
    """Of an order's entries and refunds, what went back without being asked for here: somebody gave it back at the
    payment service.
    """
    known = {refund.gateway_reference for refund in refunds if refund.gateway_reference}
    return [
        entry
        for entry in entries
        if entry.kind == PaymentEntry.Kind.REFUNDED
        and "refund" not in entry.details
        and entry.provider_event_id not in known
    ]


def entries_and_refunds(order: Order) -> tuple[list[PaymentEntry], list[PaymentRefund]]:
    """All that `stand_of` asks for, oldest first. Two statements."""
    entries = PaymentEntry.objects.filter(payment__order=order)
    return list(entries), list(PaymentRefund.objects.filter(payment__order=order))
