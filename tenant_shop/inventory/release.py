"""Putting the goods of an order back on sale."""

from uuid import UUID

from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.restock.wake import wake_waiting

OF_ORDERS = (StockMovement.Reason.SALE, StockMovement.Reason.CANCELLATION, StockMovement.Reason.RETURN)


def taken_by(order_id: UUID) -> dict[UUID, int]:
    """The pieces that an order took and has not given back, by variant. One statement."""
    moved = StockMovement.objects.filter(order_id=order_id, reason__in=OF_ORDERS)
    taken: dict[UUID, int] = {}
    for variant_id, delta in moved.values_list("variant_id", "delta"):
        taken[variant_id] = taken.get(variant_id, 0) - delta
    return {variant_id: pieces for variant_id, pieces in taken.items() if pieces > 0}


def release_stock(order_id: UUID, *, actor: str) -> int:
    """Give back what `order_id` took and has not given back; returns the pieces. Runs in the caller's transaction.

    What comes back is what the ledger says was taken, so a product whose tracking was switched meanwhile stays right.
    `actor` is a user's id or the name of a job. The caller holds the order's lock.
    """
    outstanding = taken_by(order_id)
    lock_variants(outstanding)
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=variant_id,
            delta=pieces,
            reason=StockMovement.Reason.CANCELLATION,
            order_id=order_id,
            actor=actor,
        )
        for variant_id, pieces in outstanding.items()
    )
    wake_waiting(outstanding.keys())
    return sum(outstanding.values())
