"""A gateway for trying out: test cards behave as real ones do, and no money moves.

It plays the service at the other end of the line. What that service would know stands in `metadata` of the payment:
which behaviour the card asked for, never the card.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.tasks import HEADER, sign_tenant
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.payments.errors import GatewayRefused, GatewayUnavailable
from tenant_shop.payments.gateways.demo_messages import read_message
from tenant_shop.payments.gateways.protocol import Attempt, Callback, Outcome, Reason, RefundReport, Report
from tenant_shop.payments.models import Payment

# How long a late result takes.
LATE = timedelta(seconds=8)
DELIVER = "payments.deliver_demo_message"
MEMORY = "demo"


class Card(StrEnum):
    """How a test card behaves."""

    SUCCEEDS = "succeeds"
    AUTHORIZES = "authorizes"
    DECLINED = "declined"
    NO_FUNDS = "no_funds"
    SECOND_STEP = "second_step"
    LATE = "late"
    TWICE = "twice"
    UNREACHABLE = "unreachable"
    ANSWER_LOST = "answer_lost"


# Any other number is declined.
CARDS = {
    "4242424242424242": Card.SUCCEEDS,
    "4000000000000341": Card.AUTHORIZES,
    "4000000000000002": Card.DECLINED,
    "4000000000009995": Card.NO_FUNDS,
    "4000002760003184": Card.SECOND_STEP,
    "4000000000000077": Card.LATE,
    "4000000000000093": Card.TWICE,
    "4000000000000119": Card.UNREACHABLE,
    "4000000000000127": Card.ANSWER_LOST,
}
REASONS = {Card.DECLINED: Reason.DECLINED, Card.NO_FUNDS: Reason.NO_FUNDS}


class DemoGateway:
    """See docs/payments.md for the test cards."""

    code = "demo"

    def start(self, attempt: Attempt) -> Report:
        return Report(outcome=Outcome.SHOPPER, reference=_reference(attempt))

    def enter(self, attempt: Attempt, given: Mapping[str, str]) -> Report:
        card = CARDS.get(given.get("number", ""), Card.DECLINED)
        if card is Card.UNREACHABLE:
            raise GatewayUnavailable(self.code, "the test card says so")
        with _memory(attempt.payment_id) as known:
            known.update(card=card, at=timezone.now().isoformat())
        if card is Card.ANSWER_LOST:
            raise GatewayUnavailable(self.code, "the answer was lost, as the test card says")
        if card in (Card.LATE, Card.TWICE):
            _send_later(attempt.payment_id, times=2 if card is Card.TWICE else 1)
        return self.read(attempt)

    def read(self, attempt: Attempt) -> Report:
        known, reference = _known(attempt.payment_id), _reference(attempt)
        if known.get("dropped"):
            return Report(outcome=Outcome.DROPPED, reference=reference)
        if "card" not in known:
            return Report(outcome=Outcome.SHOPPER, reference=reference)
        card = Card(known["card"])
        if card in REASONS:
            return declined(reference, REASONS[card])
        if card is Card.SECOND_STEP and "confirmed" not in known:
            step = f"{attempt.return_url}bank/{attempt.payment_id}/"
            return Report(outcome=Outcome.SHOPPER, reference=reference, next_url=step)
        if card is Card.SECOND_STEP and not known["confirmed"]:
            return declined(reference, Reason.NOT_CONFIRMED)
        if card is Card.LATE and timezone.now() < datetime.fromisoformat(known["at"]) + LATE:
            return Report(outcome=Outcome.WAITING, reference=reference)
        if card is Card.AUTHORIZES and "captured" not in known:
            return Report(outcome=Outcome.AUTHORIZED, reference=reference, event_id=f"{reference}.authorized")
        return captured(reference, Decimal(known["captured"]) if "captured" in known else None)

    def drop(self, attempt: Attempt) -> Report:
        with _memory(attempt.payment_id) as known:
            report = self.read(attempt)
            if report.outcome is Outcome.CAPTURED:
                return report
            known["dropped"] = True
        return Report(outcome=Outcome.DROPPED, reference=_reference(attempt))

    def capture(self, attempt: Attempt, amount: Decimal) -> Report:
        with _memory(attempt.payment_id) as known:
            report = self.read(attempt)
            if report.outcome is Outcome.AUTHORIZED:
                known["captured"] = str(amount)
            elif report.outcome is not Outcome.CAPTURED:
                raise GatewayRefused(self.code, "nothing is authorised")
        return self.read(attempt)

    def refund(
        self, attempt: Attempt, amount: Decimal, *, key: str, reference: str = "", again: bool = False
    ) -> RefundReport:
        return RefundReport(reference=f"demo_refund_{key}", is_done=True)

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> Callback | None:
        return read_message(headers, body)


def captured(reference: str, amount: Decimal | None = None) -> Report:
    return Report(outcome=Outcome.CAPTURED, reference=reference, amount=amount, event_id=f"{reference}.captured")


def declined(reference: str, reason: Reason) -> Report:
    return Report(outcome=Outcome.DECLINED, reference=reference, event_id=f"{reference}.declined", reason=reason)


def waits_for_confirmation(payment: Payment) -> bool:
    """Whether the second step of the payment is still to be answered."""
    return _waits(payment.metadata.get(MEMORY, {}))


def answer_second_step(payment: Payment, *, confirmed: bool) -> None:
    """What the shopper says to the bank; the first answer counts."""
    with _memory(payment.pk) as known:
        if _waits(known):
            known["confirmed"] = confirmed


def _waits(known: Mapping[str, Any]) -> bool:
    return known.get("card") == Card.SECOND_STEP and "confirmed" not in known and not known.get("dropped")


def _reference(attempt: Attempt) -> str:
    return f"demo_{attempt.payment_id.hex}"


def _known(payment_id: UUID) -> dict[str, Any]:
    metadata = Payment.objects.values_list("metadata", flat=True).get(pk=payment_id)
    known: dict[str, Any] = metadata.get(MEMORY, {})
    return known


@contextmanager
def _memory(payment_id: UUID) -> Iterator[dict[str, Any]]:
    """What the service knows of a payment, to be changed while nobody else changes it."""
    with shop_transaction():
        rows = Payment.objects.select_for_update(no_key=True).values_list("metadata", flat=True)
        metadata = rows.get(pk=payment_id)
        before: dict[str, Any] = metadata.get(MEMORY, {})
        known = dict(before)
        yield known
        if known != before:
            Payment.objects.filter(pk=payment_id).update(metadata={**metadata, MEMORY: known})


def _send_later(payment_id: UUID, *, times: int) -> None:
    """Have the result told by messages. Without a broker it is read later, as it would be of any gateway."""
    try:
        current_app.send_task(
            DELIVER,
            [str(payment_id), times],
            countdown=LATE.total_seconds(),
            headers={HEADER: sign_tenant(current_tenant().id)},
        )
    except OperationalError as error:
        raise GatewayUnavailable(DemoGateway.code, str(error)) from error
