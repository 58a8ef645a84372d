"""Goods that come in."""

from collections.abc import Mapping
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.restock.wake import wake_waiting


def receive_stock(quantities: Mapping[UUID, int], *, reference: str | None = None, actor: str | None = None) -> None:
    """Add the pieces of a delivery, by variant. `reference` names it, `actor` is a user's id or the name of a job.

    Errors: ValueError for a quantity below one or an unknown variant; nothing is added then.
    """
    if any(pieces < 1 for pieces in quantities.values()):
        raise ValueError("a delivery has at least one piece of each variant")
    with shop_transaction():
        locked = lock_variants(quantities)
        if unknown := quantities.keys() - locked.keys():
            raise ValueError(f"there are no variants {sorted(map(str, unknown))}")
        StockMovement.objects.bulk_create(
            StockMovement(
                variant_id=variant_id,
                delta=pieces,
                reason=StockMovement.Reason.RECEIVED,
                reference=reference,
                actor=actor,
            )
            for variant_id, pieces in quantities.items()
        )
        wake_waiting(quantities.keys())
