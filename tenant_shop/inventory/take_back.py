"""Goods that a customer sends back."""

from collections.abc import Mapping
from uuid import UUID

from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.release import taken_by
from tenant_shop.restock.wake import wake_waiting


def take_back(order_id: UUID, quantities: Mapping[UUID, int], *, actor: str) -> int:
    """Put pieces of an order back on sale, by variant, at most what it took and has not given back; how many.

    Runs in the caller's transaction, which holds the order's lock. `actor` is a user's id.
    """
    taken = taken_by(order_id)
    returned = {
        variant_id: min(pieces, taken[variant_id])
        for variant_id, pieces in quantities.items()
        if variant_id in taken and pieces > 0
    }
    lock_variants(returned)
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=variant_id, delta=pieces, reason=StockMovement.Reason.RETURN, order_id=order_id, actor=actor
        )
        for variant_id, pieces in returned.items()
    )
    wake_waiting(returned.keys())
    return sum(returned.values())
