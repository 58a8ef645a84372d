"""Adding and taking points by hand."""

from uuid import UUID, uuid5

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.errors import PointsOutOfRange
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import MOST


def correct_points(customer_id: UUID, *, points: int, reason: str, actor: str, key: str) -> LoyaltyEntry:
    """Give the customer `points`, below zero to take them; the same `key` again corrects once.

    `reason` is kept beside it, `actor` is a user's id, `key` names the submission.
    Errors, with nothing changed: Customer.DoesNotExist; ValueError for no points or no reason; PointsOutOfRange when
        the balance would be below zero. One that is below zero already, after a refund, can be lifted.
    """
    if not points or not reason.strip():
        raise ValueError("a correction changes something, and says why")
    with shop_transaction():
        balance: int = Customer.objects.select_for_update(no_key=True).get(pk=customer_id).loyalty_points
        entry_id = uuid5(customer_id, key)
        known = LoyaltyEntry.objects.filter(pk=entry_id).first()
        if known is not None:
            return known
        if (points < 0 and balance + points < 0) or balance + points > MOST:
            raise PointsOutOfRange(balance, points)
        return LoyaltyEntry.objects.create(
            id=entry_id,
            customer_id=customer_id,
            points=points,
            reason=LoyaltyEntry.Reason.CORRECTION,
            actor=actor,
            note=reason.strip(),
        )
