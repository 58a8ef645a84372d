"""Stock that came or went without an order: deliveries, breakage, what was counted wrong."""

from collections.abc import Mapping
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import UnknownVariants
from tenant_shop.restock.wake import wake_waiting


class NotThatMuchThere(RuleViolation):
    """More is taken away of a variant than there is, and it may not go below zero; nothing moved."""

    code = "not_that_much_there"

    def __init__(self, sku: str, *, there: int, delta: int) -> None:
        self.sku, self.there, self.delta = sku, there, delta
        super().__init__(f"{sku}: there are {there}, {-delta} cannot be taken away.")


def adjust_stock(
    deltas: Mapping[UUID, int],
    *,
    reason: StockMovement.Reason,
    reference: str | None = None,
    actor: str | None = None,
) -> set[UUID]:
    """Move each variant's stock by so many pieces; the ids of those that moved. Three statements.

    What was sold meanwhile stays sold: the difference is moved, whatever the quantity is by now.
    Errors: UnknownVariants, NotThatMuchThere; nothing moves then.
    """
    moved = {variant_id: delta for variant_id, delta in deltas.items() if delta}
    if not moved:
        return set()
    with shop_transaction():
        locked = lock_variants(moved)
        if unknown := moved.keys() - locked.keys():
            raise UnknownVariants(set(unknown))
        for variant_id, variant in locked.items():
            there, delta = variant.inventory_quantity, moved[variant_id]
            if delta < 0 and there + delta < 0 and variant.product.is_stock_limited:
                raise NotThatMuchThere(variant.sku, there=there, delta=delta)
        StockMovement.objects.bulk_create(
            StockMovement(variant_id=pk, delta=moved[pk], reason=reason, reference=reference, actor=actor)
            for pk in locked
        )
        wake_waiting({pk for pk, delta in moved.items() if delta > 0})
    return set(moved)
