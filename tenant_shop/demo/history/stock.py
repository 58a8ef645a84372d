"""Deliveries that make the sales possible: the ledger of stock never falls below zero on the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.demo.history.moments import HISTORY_DAYS, id_at
from tenant_shop.demo.shops import DemoShop
from tenant_shop.inventory.models import StockMovement

Reason = StockMovement.Reason
# From which stock on the shop orders again, in days before now.
REORDER_DAYS = (60, 30)
LARGE_SALE = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Pieces that an order took, or brought back."""

    variant_id: UUID
    order_id: UUID
    at: datetime
    delta: int
    reason: str
    actor: str


def planned_stock(shop: DemoShop, variants: Sequence[ProductVariant], random: Random) -> dict[UUID, int]:
    """How many pieces of each tracked variant shall be left today: most plenty, some few, some none."""
    levels = {demo.sku: demo.stock for demo in shop.products}
    left = {}
    for variant in variants:
        if not variant.product.track_inventory:
            continue
        level = levels[variant.product.sku]
        chance = random.random()
        if level == "out":
            left[variant.pk] = 0
        elif level == "low":
            left[variant.pk] = random.randint(1, 4)
        elif variant.options and chance < 0.05:
            left[variant.pk] = 0
        elif variant.options and chance < 0.13:
            left[variant.pk] = random.randint(1, 3)
        else:
            left[variant.pk] = random.randint(14, 60)
    return left


def write_stock(
    variants: Sequence[ProductVariant],
    moved: Iterable[Movement],
    left: Mapping[UUID, int],
    *,
    now: datetime,
    staff: str,
) -> None:
    """Write every movement of the history, and the deliveries before and between them. One statement.

    A variant ends with the pieces that `left` says, or with more where returned goods need it.
    """
    by_variant: dict[UUID, list[Movement]] = {}
    for movement in sorted(moved, key=lambda movement: movement.at):
        by_variant.setdefault(movement.variant_id, []).append(movement)
    rows = [
        row
        for variant in variants
        if variant.pk in left
        for row in _ledger(variant, by_variant.get(variant.pk, []), left[variant.pk], now=now, staff=staff)
    ]
    StockMovement.objects.bulk_create(sorted(rows, key=lambda row: row.created_at))


def _ledger(
    variant: ProductVariant, moved: Sequence[Movement], left: int, *, now: datetime, staff: str
) -> list[StockMovement]:
    """The variant's movements. What is plenty is reordered twice; what is scarce came in one delivery."""
    opening = max(variant.product.created_at, now - timedelta(days=HISTORY_DAYS + 1))
    needed = max(0, left - sum(movement.delta for movement in moved))
    part = needed // 3 if left > LARGE_SALE and needed > LARGE_SALE else 0
    orders_in = {now - timedelta(days=days, hours=5): part for days in REORDER_DAYS if part}
    first = needed - sum(orders_in.values()) if opening < min(orders_in, default=now) else needed
    if first == needed:
        orders_in = {}
    first += max(0, -_lowest(first, orders_in, moved))
    rows = [
        _delivery(variant, opening, first, Reason.INITIAL, "Opening stock", staff),
        *(
            _delivery(variant, at, pieces, Reason.RECEIVED, f"Delivery of {at:%d %B}", staff)
            for at, pieces in orders_in.items()
        ),
    ]
    return [row for row in rows if row.delta] + [
        StockMovement(
            id=id_at(movement.at),
            variant=variant,
            delta=movement.delta,
            reason=movement.reason,
            order_id=movement.order_id,
            actor=movement.actor,
            created_at=movement.at,
        )
        for movement in moved
    ]


def _lowest(first: int, orders_in: Mapping[datetime, int], moved: Sequence[Movement]) -> int:
    """The lowest stock on the way, starting with `first` pieces."""
    stock = lowest = first
    for _, delta in sorted([*orders_in.items(), *((movement.at, movement.delta) for movement in moved)]):
        stock += delta
        lowest = min(lowest, stock)
    return lowest


def _delivery(
    variant: ProductVariant, at: datetime, pieces: int, reason: str, reference: str, staff: str
) -> StockMovement:
    return StockMovement(
        id=id_at(at), variant=variant, delta=pieces, reason=reason, reference=reference, actor=staff, created_at=at
    )
