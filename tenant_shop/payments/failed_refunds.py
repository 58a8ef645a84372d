"""Money that did not go back, and that nobody has given back since."""

from django.db.models import Exists, OuterRef, QuerySet

from tenant_shop.payments.models import PaymentRefund

State = PaymentRefund.State


def failed_refunds() -> QuerySet[PaymentRefund]:
    """The refunds that a gateway refused, or that a bank sent back, after which none was made for the same order."""
    newer = PaymentRefund.objects.filter(
        payment__order=OuterRef("payment__order"), created_at__gt=OuterRef("updated_at")
    ).exclude(state=State.FAILED)
    return PaymentRefund.objects.filter(~Exists(newer), state=State.FAILED)
