"""A signed message of the gateway."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from platform_core.billing.cards.collect import ask, collect_all
from platform_core.billing.cards.give import finish_card, gateway
from platform_core.billing.cards.models import CardCharge


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
    charge = _charge(told.charge_id)
    if charge is None or not charge.reference:
        return False
    ask(charge, today)
    return True


def _charge(charge_id: str) -> CardCharge | None:
    try:
        found = UUID(charge_id)
    except ValueError:
        return None
    return CardCharge.objects.select_related("invoice").filter(pk=found).first()
