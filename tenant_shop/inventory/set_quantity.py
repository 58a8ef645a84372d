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


class StockMoved(RuleViolation):
    """What was counted moved since it was looked at (sold, received, counted by another); nothing moved now.

    `now` is the stock as it is, by variant.
    """

    code = "stock_moved"
    status = 409

    def __init__(self, now: Mapping[UUID, int]) -> None:
        self.now = dict(now)
        super().__init__("Stock has moved since this page was opened.")


def set_quantities(
    quantities: Mapping[UUID, int],
    *,
    seen: Mapping[UUID, int] | None = None,
    reason: StockMovement.Reason,
    reference: str | None = None,
    actor: str | None = None,
) -> set[UUID]:
    """Bring each variant's stock to its quantity, in pieces; the ids of those that moved.

    Rows are locked in key order; a variant that has its quantity already gets no movement. `seen` is what whoever
    counted believed to be there, by variant. Three statements, however many variants.
    Errors: UnknownVariants; StockMoved when another quantity than the one `seen` is there; IntegrityError when the
    database refuses to take a tracked stock below zero.
    """
    if not quantities:
        return set()
    with shop_transaction():
        locked = lock_variants(quantities)
        if unknown := quantities.keys() - locked.keys():
            raise UnknownVariants(set(unknown))
        stock = {pk: variant.inventory_quantity for pk, variant in locked.items()}
        if moved := {pk: stock[pk] for pk, believed in (seen or {}).items() if stock[pk] != believed}:
            raise StockMoved(moved)
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
