"""Waiting no longer for a payer who was to confirm a charge to the bank."""

from datetime import date
from uuid import UUID

from platform_core.billing.cards.give import gateway
from platform_core.billing.cards.models import CardCharge, ChargeState
from platform_core.billing.cards.settle import settle


def withdraw(invoice_id: UUID, *, today: date) -> CardCharge | None:
    """See to it that nobody confirms what waits for the payer of an invoice, so that it may be paid another way; what
    became of it: perhaps it was confirmed a moment ago. None when nothing waits. Not within a transaction.

    Errors: CardsNotOffered; CardsUnavailable, and it goes on waiting.
    """
    waiting = CardCharge.objects.filter(invoice=invoice_id, state=ChargeState.CONFIRMING).first()
    return None if waiting is None else settle(waiting.pk, gateway().withdraw(waiting.reference), today=today)
