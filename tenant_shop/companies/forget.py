"""What a company keeps of somebody who is erased: that there was an order, not whose it was."""

from uuid import UUID

from django.utils import timezone

from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.models import CompanyMember, PurchaseRequest


def forget_member(customer_id: UUID) -> None:
    """Withdraw what the customer asked for, take out of it what says who they are, and end the membership.

    In the transaction of who erases, which has locked the carts. The last admin of a company may go as well: the
    merchant makes somebody else one. A guest's offer that the customer had sent for approval is as it was.
    """
    asked = PurchaseRequest.objects.filter(customer=customer_id)
    waiting = asked.filter(status=PurchaseRequest.Status.PENDING)
    ShoppingCart.objects.filter(pk__in=waiting.values("cart_id")).update(frozen_at=None)
    waiting.update(status=PurchaseRequest.Status.WITHDRAWN, decided_at=timezone.now())
    asked.update(answers={}, reason="", customer=None)
    PurchaseRequest.objects.filter(decided_by=customer_id).update(decided_by=None, reason="")
    CompanyMember.objects.filter(customer=customer_id).delete()
