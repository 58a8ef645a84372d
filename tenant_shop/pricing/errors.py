"""Why an order cannot have so many, or so few, pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _

from smartseller.errors import RuleViolation
from smartseller.formats import amount
from tenant_shop.pricing.quantities import Allowed


@dataclass(frozen=True, slots=True)
class WrongQuantity:
    """A variant of which `wanted` pieces are not sold at once; `name` is what a shopper calls it."""

    variant_id: UUID
    name: str
    wanted: int
    allowed: Allowed

    def __str__(self) -> str:
        return _("%(field)s: %(problem)s") % {"field": self.name, "problem": self.allowed.sentence}


class QuantityNotAllowed(RuleViolation):
    """Fewer pieces than the least that is sold, or not in whole packs. `wrong` says of what."""

    code = "quantity_not_allowed"
    status: ClassVar[int] = 422

    def __init__(self, wrong: Sequence[WrongQuantity]) -> None:
        self.wrong = tuple(wrong)
        super().__init__(" ".join(str(each) for each in self.wrong))


class BelowMinimumOrder(RuleViolation):
    """The goods cost less than an order of the buyer's group must. Amounts in `currency`."""

    code = "below_minimum_order"

    def __init__(self, minimum: Decimal, goods: Decimal, currency: str) -> None:
        self.minimum, self.goods, self.currency = minimum, goods, currency
        super().__init__(
            _("Orders begin at %(minimum)s. %(missing)s is missing.")
            % {"minimum": amount(minimum, currency), "missing": amount(minimum - goods, currency)}
        )


class UnreadableSheet(RuleViolation):
    """What was sent is no sheet of prices. For the shop's people: in English."""

    code = "unreadable_sheet"
    status: ClassVar[int] = 422
