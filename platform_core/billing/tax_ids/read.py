"""What is known of a merchant's tax id, in words."""

from uuid import UUID

from platform_core.billing.tax_ids.models import TaxIdCheck, TaxIdState

SAID = {
    TaxIdState.UNCHECKED: "not checked by the register yet: until it is, bills have tax on them",
    TaxIdState.CONFIRMED: "confirmed",
    TaxIdState.REFUSED: "not known to the register: bills have tax on them",
}


def is_confirmed(tenant_id: UUID, tax_id: str) -> bool:
    """Whether somebody has said that this id, and no other, is the merchant's. One statement."""
    return TaxIdCheck.objects.filter(tenant=tenant_id, tax_id=tax_id, state=TaxIdState.CONFIRMED).exists()


def said_of(tenant_id: UUID) -> str:
    """Empty without a tax id. One statement."""
    state = TaxIdCheck.objects.filter(tenant=tenant_id).values_list("state", flat=True).first()
    return SAID[TaxIdState(state)] if state else ""
