"""Entering what a gateway says of an attempt, whoever brought it: the shopper's return, a message, or a question."""

from decimal import Decimal
from uuid import UUID

from tenant_shop.payments.gateways.protocol import Outcome, Report
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.settle import settle

State = Payment.State
MONEY = {
    Outcome.AUTHORIZED: PaymentEntry.Kind.AUTHORIZED,
    Outcome.CAPTURED: PaymentEntry.Kind.CAPTURED,
    Outcome.DECLINED: PaymentEntry.Kind.FAILED,
}
# What is said without money moving, and from where an attempt may come to it.
TALK = {
    Outcome.UNKNOWN: (State.NEW, (State.ASKING,)),
    Outcome.SHOPPER: (State.SHOPPER, (State.ASKING, State.WAITING)),
    Outcome.WAITING: (State.WAITING, (State.ASKING, State.SHOPPER)),
    Outcome.DROPPED: (State.DROPPED, (State.NEW, State.ASKING, State.SHOPPER, State.WAITING, State.FAILED)),
}


def take_report(payment_id: UUID, report: Report, *, amount: Decimal, actor: str) -> None:
    """Enter `report`. `amount` (in the payment's currency) is meant where the report names none.

    In any order and any number of times: money is entered once for each event, and an attempt never goes back.
    Errors: PaymentNotFound.
    """
    if report.outcome in MONEY:
        settle(
            payment_id,
            kind=MONEY[report.outcome],
            amount=amount if report.amount is None else report.amount,
            actor=actor,
            provider_event_id=report.event_id,
            reference=report.reference,
            details={"reason": report.reason} if report.reason else {},
        )
        return
    state, before = TALK[report.outcome]
    known = {"gateway_reference": report.reference} if report.reference else {}
    Payment.objects.filter(pk=payment_id, state__in=before).update(state=state, **known)
