"""Taking sold goods off the shelf."""

from collections.abc import Mapping
from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.shortage import shortages


def check_stock(demand: Mapping[UUID, int], locked: Mapping[UUID, ProductVariant]) -> None:
    """Refuse a `demand` (pieces by variant) that the `locked` variants cannot supply. Errors: OutOfStock."""
    if missing := shortages(demand, locked):
        raise OutOfStock(missing)


def take_stock(
    demand: Mapping[UUID, int], locked: Mapping[UUID, ProductVariant], *, order_id: UUID, actor: str = "checkout"
) -> None:
    """Record that `order_id` takes the `demand`. The variants must be locked and checked. One statement.

    Goods whose stock is not tracked leave no movement.
    """
    StockMovement.objects.bulk_create(
        StockMovement(
            variant_id=variant_id, delta=-pieces, reason=StockMovement.Reason.SALE, order_id=order_id, actor=actor
        )
        for variant_id, pieces in demand.items()
        if locked[variant_id].product.track_inventory
    )
