"""Who pays by card."""

from uuid import UUID

from platform_core.billing.cards.errors import ChargeUnderWay
from platform_core.billing.cards.models import CardCharge, CardRefund, ChargeState, MerchantCard, RefundState
from platform_core.billing.models import BillingInvoice


def pays_by_card(tenant_id: UUID) -> bool:
    """Whether there is a card that may be charged. One statement."""
    return MerchantCard.objects.filter(tenant=tenant_id).exclude(method="").exists()


def refuse_during_charge(invoice: BillingInvoice) -> None:
    """The caller has locked the invoice. One statement. Errors: ChargeUnderWay, also while the payer is waited for:
    `withdraw` ends that."""
    if CardCharge.objects.filter(invoice=invoice, state__in=[ChargeState.ASKING, ChargeState.CONFIRMING]).exists():
        raise ChargeUnderWay(invoice.invoice_number)


def refuse_during_refund(note: BillingInvoice) -> None:
    """The caller has locked the credit note. One statement. Errors: ChargeUnderWay."""
    if CardRefund.objects.filter(note=note, state=RefundState.ASKING).exists():
        raise ChargeUnderWay(note.invoice_number)
