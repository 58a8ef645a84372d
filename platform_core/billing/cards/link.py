"""The link that leads a payer to the page where a charge is confirmed to the bank."""

from uuid import UUID

from django.core import signing

from platform_core.billing.cards.models import CardCharge

SALT = "smartseller.billing.confirm"


def link_text(charge: CardCharge) -> str:
    """What the address carries. It is good as long as the payer is waited for."""
    return signing.Signer(salt=SALT).sign(charge.pk.hex)


def charge_of(text: str) -> CardCharge | None:
    """The charge that a link is about; None for one that was made up. One statement."""
    try:
        found = UUID(signing.Signer(salt=SALT).unsign(text))
    except signing.BadSignature:
        return None
    return CardCharge.objects.select_related("invoice__tenant").filter(pk=found).first()
