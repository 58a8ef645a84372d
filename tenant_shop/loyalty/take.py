"""Taking the points that an order spends."""

from uuid import UUID

from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.spending import Spending
from tenant_shop.orders.models import Order


def lock_balance(customer_id: UUID | None) -> int | None:
    """The customer's points, locked until the transaction ends so that no other order takes the same ones; None for a
    guest. One statement, none for a guest.
    """
    if customer_id is None:
        return None
    rows = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id)
    return rows.values_list("loyalty_points", flat=True).first()


def take_points(customer_id: UUID, order: Order, spending: Spending, *, actor: str) -> None:
    """Enter what a new order spends. Runs in the transaction that holds `lock_balance`. One statement."""
    LoyaltyEntry.objects.create(
        customer_id=customer_id,
        order=order,
        points=-spending.points,
        reason=LoyaltyEntry.Reason.SPENT,
        actor=actor,
    )
