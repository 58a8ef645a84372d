"""Giving the money of credit notes back to the cards that paid."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum
from django.utils import timezone

from platform_core.audit.record import record
from platform_core.billing.cards.errors import CardRefused, CardsUnavailable
from platform_core.billing.cards.give import gateway
from platform_core.billing.cards.models import CardCharge, CardRefund, ChargeState, RefundState
from platform_core.billing.cards.protocol import GivingBack, Outcome, Report
from platform_core.billing.cards.settle import CARD
from platform_core.billing.cards.stripe import is_offered
from platform_core.billing.give_back import give_back, take_note_back
from platform_core.billing.models import BillingInvoice, InvoiceKind, InvoiceStatus

logger = logging.getLogger(__name__)

# Days after the first attempt on which one that failed is made again.
AGAIN_AFTER = (1, 3, 5, 7)


def refund_run(today: date, *, note_id: UUID | None = None) -> Iterator[CardRefund]:
    """Give back what credit notes of invoices that a card paid say, of one note with `note_id`: at once, and after a
    failure again on the days of `AGAIN_AFTER`. What an earlier run left in the air is brought to an end first.

    Doing it again, at the same moment, or after a kill anywhere, gives nothing back twice. After the last attempt it is
    left to people (`give_back`). Nothing at all where cards are not offered. Errors: CardsUnavailable.
    """
    if not is_offered():
        return
    in_the_air = CardRefund.objects.filter(state=RefundState.ASKING).select_related("note", "charge")
    for refund in in_the_air if note_id is None else in_the_air.filter(note=note_id):
        yield ask_refund(refund, today)
    notes = BillingInvoice.objects.filter(
        kind=InvoiceKind.CREDIT,
        status=InvoiceStatus.PENDING,
        corrects__status=InvoiceStatus.PAID,
        corrects__payment_method=CARD,
    )
    for due in (notes if note_id is None else notes.filter(pk=note_id)).values_list("pk", flat=True):
        begun = begin_refund(due, today)
        if begun is not None:
            yield ask_refund(begun, today)


def refund_all(today: date, *, note_id: UUID | None = None) -> list[CardRefund]:
    """As `refund_run`; a gateway that does not answer is noted in the log."""
    done = []
    try:
        for refund in refund_run(today, note_id=note_id):
            done.append(refund)
    except CardsUnavailable as error:
        logger.warning("cards are given back to later: %s", error)
    return done


def failed_refunds() -> list[str]:
    """The numbers of credit notes whose money a card has not taken back, and is still to be given. One statement."""
    last = CardRefund.objects.filter(note=OuterRef("pk")).order_by("-created_at").values("state")[:1]
    notes = BillingInvoice.objects.filter(kind=InvoiceKind.CREDIT, status=InvoiceStatus.PENDING)
    found = notes.annotate(last=Subquery(last)).filter(last=RefundState.FAILED)
    return list(found.order_by("invoice_number").values_list("invoice_number", flat=True))


def begin_refund(note_id: UUID, today: date) -> CardRefund | None:
    """Write down that money is to be given back, if that is due: before the gateway hears of it, in a transaction of
    its own. None when it is not due, being done, or more than the card paid: the charge's row is locked."""
    with transaction.atomic():
        note = BillingInvoice.objects.select_for_update(no_key=True).get(pk=note_id)
        charges = CardCharge.objects.select_for_update(no_key=True)
        charge = charges.filter(invoice=note.corrects_id, state=ChargeState.SUCCEEDED).first()
        if note.status != InvoiceStatus.PENDING or charge is None or not _is_due(list(note.refunds.all()), today):
            return None
        amount = -note.total_amount
        before = charge.refunds.exclude(state=RefundState.FAILED).aggregate(sum=Sum("amount"))["sum"] or 0
        if before + amount > charge.amount:
            logger.warning("the credit note %s is more than the card paid; give it back by hand", note.invoice_number)
            return None
        return CardRefund.objects.create(note=note, charge=charge, amount=amount, currency=note.currency, day=today)


def ask_refund(refund: CardRefund, today: date) -> CardRefund:
    """Have the gateway give back what a refund says, or say what became of it, and enter it. No transaction is open
    while the gateway is asked. Errors: CardsUnavailable."""
    is_again = not CardRefund.objects.filter(pk=refund.pk, asked_at=None).update(asked_at=timezone.now())
    wanted = GivingBack(
        refund_id=refund.pk,
        charge=refund.charge.reference,
        note=refund.note.invoice_number,
        amount=refund.amount,
        currency=refund.currency,
        is_again=is_again,
    )
    try:
        report = gateway().give_back(wanted)
    except CardRefused:
        report = Report(outcome=Outcome.DECLINED, reference="", reason="refused")
    return settle_refund(refund.pk, report, today=today)


def settle_refund(refund_id: UUID, report: Report, *, today: date) -> CardRefund:
    """Enter what the gateway says of a refund, in one transaction, once. A bank may send the money back days after it
    was taken for given: then the note is open again, and the next attempt is made."""
    note_id = CardRefund.objects.values_list("note", flat=True).get(pk=refund_id)
    with transaction.atomic():
        note = BillingInvoice.objects.select_for_update(no_key=True).get(pk=note_id)
        refund = CardRefund.objects.select_for_update(no_key=True).get(pk=refund_id)
        succeeded = report.outcome is Outcome.SUCCEEDED
        state = RefundState.SUCCEEDED if succeeded else RefundState.FAILED
        if report.outcome is Outcome.WAITING or refund.state in (RefundState.FAILED, state):
            return refund
        was_given = refund.state == RefundState.SUCCEEDED
        refund.state, refund.reason = state, report.reason
        refund.reference, refund.settled_at = report.reference or refund.reference, timezone.now()
        refund.save(update_fields=["state", "reason", "reference", "settled_at"])
        record(
            "settle_refund",
            resource_type="invoice",
            resource_id=note.pk,
            tenant_id=note.tenant_id,
            new_values={"refund": str(refund.pk), "state": refund.state, "reason": refund.reason},
        )
        if succeeded:
            give_back(note.invoice_number, on=today, method=CARD, reference=refund.reference)
        elif was_given:
            take_note_back(note)
    return refund


def _is_due(before: list[CardRefund], today: date) -> bool:
    if not before:
        return True
    if any(refund.state != RefundState.FAILED for refund in before) or len(before) > len(AGAIN_AFTER):
        return False
    return before[0].day + timedelta(days=AGAIN_AFTER[len(before) - 1]) <= today
