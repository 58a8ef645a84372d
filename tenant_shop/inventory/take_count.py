"""Taking over a count of the shelves: the differences are moved, each once."""

from collections.abc import Mapping
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.inventory.adjust import adjust_stock
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.models import StockMovement


class CountedAlready(RuleViolation):
    """The differences of this count have been moved before; nothing moved."""

    code = "counted_already"

    def __init__(self, reference: str) -> None:
        self.reference = reference
        super().__init__(f"The differences of “{reference}” have been moved already.")


def take_count(differences: Mapping[UUID, int], *, reference: str, actor: str) -> set[UUID]:
    """Move each variant's stock by what its count differed from the stock of that moment; the ids of those that moved.

    What is sold between the count and now stays sold. `reference` names this one count: its differences are moved
    once, however often they are sent. Five statements.
    Errors: CountedAlready, UnknownVariants, NotThatMuchThere; nothing moves then.
    """
    with shop_transaction():
        lock_variants(differences)
        if StockMovement.objects.filter(variant__in=differences, reference=reference).exists():
            raise CountedAlready(reference)
        return adjust_stock(differences, reason=StockMovement.Reason.CORRECTION, reference=reference, actor=actor)
