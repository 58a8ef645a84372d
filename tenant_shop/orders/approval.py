"""An order that somebody had to approve."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from tenant_shop.companies.errors import RequestDecided
from tenant_shop.companies.models import PurchaseRequest
from tenant_shop.orders.models import Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The purchase request of a company that the customer `approver_id` approves by the order."""

    request_id: UUID
    company_id: UUID
    approver_id: UUID


def use_approval(approval: Approval, order: Order) -> None:
    """Note on the request what became of it, in the transaction of its order. One statement.

    Whoever decides on a request locks its cart before, so that one decision is the first. Errors: RequestDecided.
    """
    pending = PurchaseRequest.objects.filter(pk=approval.request_id, status=PurchaseRequest.Status.PENDING)
    if not pending.update(
        status=PurchaseRequest.Status.APPROVED,
        decided_by=approval.approver_id,
        decided_at=timezone.now(),
        order=order.pk,
    ):
        raise RequestDecided(approval.request_id)
