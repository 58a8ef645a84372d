"""Goods of an order that is changed: some go back on sale, others are taken."""

from collections.abc import Mapping
from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.release import taken_by
from tenant_shop.inventory.take import check_stock
from tenant_shop.restock.wake import wake_waiting


def change_taken(
    order_id: UUID,
    before: Mapping[UUID, int],
    after: Mapping[UUID, int],
    locked: Mapping[UUID, ProductVariant],
    *,
    actor: str,
) -> None:
    """Take what the order has more of (pieces by variant), and put back on sale what it took and has not any more.

    The variants must be `locked`, and so must the order. What was not tracked when it was sold was not taken, and does
    not come back. Three statements, none when no pieces change. Errors: OutOfStock.
    """
    more = {variant: pieces - before.get(variant, 0) for variant, pieces in after.items()}
    more = {variant: pieces for variant, pieces in more.items() if pieces > 0}
    fewer = {variant for variant, pieces in before.items() if after.get(variant, 0) < pieces}
    if not more and not fewer:
        return
    check_stock(more, locked)
    moves = {variant: -pieces for variant, pieces in more.items() if locked[variant].product.track_inventory}
    if fewer:
        taken = taken_by(order_id)
        back = {variant: taken.get(variant, 0) - after.get(variant, 0) for variant in fewer}
        back = {variant: pieces for variant, pieces in back.items() if pieces > 0}
        moves |= back
        wake_waiting(back.keys())
    StockMovement.objects.bulk_create(
        StockMovement(variant_id=variant, delta=delta, reason=StockMovement.Reason.EDIT, order_id=order_id, actor=actor)
        for variant, delta in moves.items()
    )
