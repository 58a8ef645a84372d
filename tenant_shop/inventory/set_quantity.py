"""Stock counted elsewhere: a variant's quantity becomes what the count says, by one movement."""

from collections.abc import Mapping
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement
from tenant_shop.restock.wake import wake_waiting


class UnknownVariants(RuleViolation):
    """A count names variants that the shop does not have; nothing moved."""

    code = "unknown_variants"

    def __init__(self, variant_ids: set[UUID]) -> None:
        self.variant_ids = variant_ids
        super().__init__(f"The shop has no variant {', '.join(sorted(map(str, variant_ids)))}.")


def set_quantities(
    quantities: Mapping[UUID, int],
    *,
    reason: StockMovement.Reason,
    reference: str | None = None,
    actor: str | None = None,
) -> set[UUID]:
    """Bring each variant's stock to its quantity, in pieces; the ids of those that moved.

    Rows are locked in key order; a variant that has its quantity already gets no movement. Three statements, however
    many variants.
    Errors: UnknownVariants; IntegrityError when the database refuses to take a tracked stock below zero.
    """
    if not quantities:
        return set()
    with shop_transaction():
        locked = lock_variants(quantities)
        if unknown := quantities.keys() - locked.keys():
            raise UnknownVariants(set(unknown))
        movements = [
            StockMovement(
                variant_id=pk,
                delta=quantities[pk] - variant.inventory_quantity,
                reason=reason,
                reference=reference,
                actor=actor,
            )
            for pk, variant in locked.items()
            if quantities[pk] != variant.inventory_quantity
        ]
        StockMovement.objects.bulk_create(movements)
        wake_waiting({movement.variant_id for movement in movements if movement.delta > 0})
    return {movement.variant_id for movement in movements}
