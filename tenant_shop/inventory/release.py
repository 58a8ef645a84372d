"""Putting the goods of an order back on sale."""

from collections.abc import Iterable
from uuid import UUID

from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.restock.wake import wake_waiting

OF_ORDERS = (
    StockMovement.Reason.SALE,
    StockMovement.Reason.CANCELLATION,
    StockMovement.Reason.RETURN,
    StockMovement.Reason.EDIT,
)


def taken_by(order_id: UUID) -> dict[UUID, int]:
    """The pieces that an order took and has not given back, by variant. One statement."""
    moved = StockMovement.objects.filter(order_id=order_id, reason__in=OF_ORDERS)
    taken: dict[UUID, int] = {}
    for variant_id, delta in moved.values_list("variant_id", "delta"):
        taken[variant_id] = taken.get(variant_id, 0) - delta
    return {variant_id: pieces for variant_id, pieces in taken.items() if pieces > 0}


def release_stock(order_id: UUID, *, actor: str, restock: bool = True) -> int:
    """Give back what `order_id` took and has not given back; returns the pieces that are written off, none with
    `restock`. Runs in the caller's transaction.

    What comes back is what the ledger says was taken, so a product whose tracking was switched meanwhile stays right.
    Without `restock` it comes back and is written off as damage: the ledger tells both. What was never there, sold to
    be back-ordered, cannot be damaged. `actor` is a user's id or the name of a job. The caller holds the order's lock.
    """
    outstanding = taken_by(order_id)
    variants = lock_variants(outstanding)
    lost: dict[UUID, int] = {}
    if not restock:
        there = {pk: variants[pk].inventory_quantity + pieces for pk, pieces in outstanding.items()}
        lost = {pk: min(pieces, there[pk]) for pk, pieces in outstanding.items() if there[pk] > 0}
    moves = [(pk, pieces, StockMovement.Reason.CANCELLATION) for pk, pieces in outstanding.items()]
    moves += [(pk, -pieces, StockMovement.Reason.DAMAGE) for pk, pieces in lost.items()]
    _move(order_id, moves, actor=actor)
    wake_waiting([pk for pk, pieces in outstanding.items() if pieces > lost.get(pk, 0)])
    return sum(lost.values())


def take_back_damage(order_id: UUID, *, actor: str) -> None:
    """Have again what was written off of an order that is deleted as if it had never been. Three statements, one where
    nothing was. Runs in the caller's transaction, which holds the order's lock."""
    written_off = StockMovement.objects.filter(order_id=order_id, reason=StockMovement.Reason.DAMAGE)
    lost = dict(written_off.values_list("variant_id", "delta"))
    if lost:
        lock_variants(lost)
        _move(order_id, [(pk, -delta, StockMovement.Reason.CORRECTION) for pk, delta in lost.items()], actor=actor)


def _move(order_id: UUID, moves: Iterable[tuple[UUID, int, StockMovement.Reason]], *, actor: str) -> None:
    StockMovement.objects.bulk_create(
        StockMovement(variant_id=variant_id, delta=delta, reason=reason, order_id=order_id, actor=actor)
        for variant_id, delta, reason in moves
    )
