"""Taking the points that an order spends."""

from uuid import UUID

from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Spending
from tenant_shop.orders.models import Order


def take_points(customer_id: UUID, order: Order, spending: Spending, *, actor: str) -> None:
    """Enter what a new order spends. The caller's transaction has locked the customer. One statement."""
    LoyaltyEntry.objects.create(
        customer_id=customer_id,
        order=order,
        points=-spending.points,
        reason=LoyaltyEntry.Reason.SPENT,
        actor=actor,
    )
