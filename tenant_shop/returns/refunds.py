"""Which refunds belong to a return: their keys name it."""

import re
from uuid import UUID

from django.db.models import QuerySet

from tenant_shop.payments.models import PaymentRefund
from tenant_shop.returns.models import Return

PREFIX = "return-"
KEY = re.compile(rf"{PREFIX}([0-9a-f]{{32}})-\d+(/\d+)?")


def refunds_of(asked: Return) -> QuerySet[PaymentRefund]:
    """The refunds of a return, the failed ones among them."""
    return PaymentRefund.objects.filter(payment__order=asked.order_id, key__startswith=f"{PREFIX}{asked.pk.hex}-")


def key_for(asked: Return, attempt: int) -> str:
    """The key of a return's refund; after one that failed the next is another attempt."""
    return f"{PREFIX}{asked.pk.hex}-{attempt}"


def return_of(refund: PaymentRefund) -> UUID | None:
    """The return that a refund belongs to, if it belongs to one."""
    named = KEY.fullmatch(refund.key)
    return UUID(named[1]) if named else None


def is_of(asked: Return, refund: PaymentRefund) -> bool:
    """Whether the refund belongs to the return."""
    return return_of(refund) == asked.pk
