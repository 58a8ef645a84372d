"""Ending a customer's points."""

from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry


def forfeit_points(customer_id: UUID, *, actor: str) -> int:
    """Bring the customer's balance to zero by one entry; the points that were lost, below zero what was owed.

    Errors: Customer.DoesNotExist.
    """
    with shop_transaction():
        balance: int = Customer.objects.select_for_update(no_key=True).get(pk=customer_id).loyalty_points
        if balance:
            LoyaltyEntry.objects.create(
                customer_id=customer_id, points=-balance, reason=LoyaltyEntry.Reason.CORRECTION, actor=actor
            )
    return balance
