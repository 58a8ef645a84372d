"""Why stock cannot leave the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from smartseller.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Shortage:
    """A variant of which more is wanted than can be sold: `available` pieces, 0 when it is not on sale at all."""

    variant_id: UUID
    name: str
    sku: str
    wanted: int
    available: int

    def __str__(self) -> str:
        if self.available <= 0:
            return f"{self.name} is sold out."
        return f"Only {self.available} of {self.name} left; {self.wanted} were asked for."


class OutOfStock(RuleViolation):
    """Some variants cannot supply what is wanted. `shortages` names each of them; nothing was taken."""

    code = "out_of_stock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        super().__init__(" ".join(str(shortage) for shortage in self.shortages))
