"""Leaving the lists, by the link that stands in every mail."""

from uuid import UUID

from django.core import signing

from platform_core.tenancy.context import current_tenant
from tenant_shop.restock.models import StockAlert

SALT = "smartseller.restock.leave"


def leave_token(alert: StockAlert) -> str:
    """What the link carries: it works in this shop only, for as long as the shop knows the address."""
    return _signer().sign(alert.pk.hex)


def address_of(token: str) -> str | None:
    """The e-mail address that a token speaks for; None for a forged one, another shop's, or one that left already."""
    try:
        alert_id = UUID(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return StockAlert.objects.filter(pk=alert_id).values_list("email", flat=True).first()


def leave(token: str) -> None:
    """Forget the address that the token speaks for, with all that it waits for. Safe to repeat."""
    if address := address_of(token):
        StockAlert.objects.filter(email=address).delete()


def _signer() -> signing.Signer:
    return signing.Signer(salt=f"{SALT}.{current_tenant().id.hex}")
