"""A signed message of the gateway."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from platform_core.billing.cards.collect import ask, collect_all
from platform_core.billing.cards.give import finish_card, gateway
from platform_core.billing.cards.models import CardCharge, CardRefund
from platform_core.billing.cards.refund import ask_refund


def hear(headers: Mapping[str, str], body: bytes, *, today: date) -> bool:
    """Do what a message asks for; False when it is about nothing of ours.

    It is believed to come from the gateway, not to be the newest word: what became of a charge, or of a card, is asked
    for. So messages that are repeated, late or out of order do no harm.
    Errors: CardsNotOffered; CardCallbackForged; CardsUnavailable: it should be sent again.
    """
    told = gateway().read_message(headers, body)
    if told.set_up:
        card = finish_card(told.set_up)
        collect_all(today, tenant_id=card.tenant_id)
        return True
    refund = _refund(told.refund_id)
    if refund is not None:
        ask_refund(refund, today)
        return True
    charge = _charge(told.charge_id)
    if charge is None or not charge.reference:
        return False
    ask(charge, today)
    return True


def _charge(charge_id: str) -> CardCharge | None:
    found = _uuid(charge_id)
    return None if found is None else CardCharge.objects.select_related("invoice").filter(pk=found).first()


def _refund(refund_id: str) -> CardRefund | None:
    found = _uuid(refund_id)
    return None if found is None else CardRefund.objects.select_related("note", "charge").filter(pk=found).first()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
