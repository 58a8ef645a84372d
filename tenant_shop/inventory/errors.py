"""Why stock cannot leave the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from platform_core.tenancy.errors import ShopBusy
from smartseller.errors import RuleViolation
from smartseller.formats import number


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
            return _("%(name)s is sold out.") % {"name": self.name}
        sentence = ngettext(
            "Only %(number)s of %(name)s left; %(wanted)s were asked for.",
            "Only %(number)s of %(name)s left; %(wanted)s were asked for.",
            self.available,
        )
        return sentence % {"number": number(self.available), "name": self.name, "wanted": number(self.wanted)}


class OutOfStock(RuleViolation):
    """Some variants cannot supply what is wanted. `shortages` names each of them; nothing was taken."""

    code = "out_of_stock"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        super().__init__(" ".join(str(shortage) for shortage in self.shortages))


class GoodsChanged(ShopBusy):
    """Somebody changed the goods after they were read and before they were locked: read them again."""
