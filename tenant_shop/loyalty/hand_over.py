"""Handing points over from an account that is merged into another."""

from tenant_shop.customers.models import Customer
from tenant_shop.loyalty.errors import PointsOutOfRange
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.loyalty.points import MOST

Reason = LoyaltyEntry.Reason


def hand_over_points(other: Customer, survivor: Customer, *, actor: str) -> int:
    """Bring `other` to zero and give `survivor` as much, by a pair of entries that name each other's account; how much.

    What is owed after a refund, a balance below zero, is handed over as a take-back, the only kind that may leave a
    balance below zero. In the caller's transaction, which has locked both. At most one statement.
    Errors: PointsOutOfRange when the sum is more than a balance holds.
    """
    points: int = other.loyalty_points
    if not points:
        return 0
    check_room_for_points(other, survivor)
    LoyaltyEntry.objects.bulk_create(
        [
            LoyaltyEntry(
                customer=other,
                points=-points,
                reason=Reason.CORRECTION,
                actor=actor,
                note=f"merged into customer {survivor.pk}",
            ),
            LoyaltyEntry(
                customer=survivor,
                points=points,
                reason=Reason.CORRECTION if points > 0 else Reason.TAKEN_BACK,
                actor=actor,
                note=f"merged from customer {other.pk}",
            ),
        ]
    )
    return points


def check_room_for_points(other: Customer, survivor: Customer) -> None:
    """Pure. Errors: PointsOutOfRange when both have more together than a balance holds."""
    if survivor.loyalty_points + other.loyalty_points > MOST:
        raise PointsOutOfRange(survivor.loyalty_points, other.loyalty_points)
