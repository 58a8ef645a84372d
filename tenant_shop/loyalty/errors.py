"""Why points cannot be spent, or be taken by the shop's people."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from smartseller.errors import RuleViolation
from smartseller.formats import number


class PointsRefusal(StrEnum):
    """The reasons, one for each rule."""

    OFF = "off"
    GUEST = "guest"
    NOT_ENOUGH = "not_enough"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    ORDER_TOO_SMALL = "order_too_small"
    WORTH_NOTHING = "worth_nothing"
    BESIDE_DISCOUNT = "beside_discount"


SENTENCES = {
    PointsRefusal.OFF: _("Points cannot be spent in this shop."),
    PointsRefusal.GUEST: _("Please log in to spend your points."),
    PointsRefusal.NOT_ENOUGH: _("You have %(possible)s points left, fewer than you wanted to spend."),
    PointsRefusal.TOO_FEW: _("At least %(possible)s points can be spent at once."),
    PointsRefusal.TOO_MANY: _("At most %(possible)s points can be spent on this order."),
    PointsRefusal.ORDER_TOO_SMALL: _("This order is too small to spend points on."),
    PointsRefusal.WORTH_NOTHING: _("So few points are worth nothing yet."),
    PointsRefusal.BESIDE_DISCOUNT: _("Points cannot be spent beside a discount."),
}


class PointsRefused(RuleViolation):
    """So many points cannot be spent on the order. `possible` is the number that the reason is about."""

    code = "points_refused"

    def __init__(self, reason: PointsRefusal, *, possible: int = 0) -> None:
        self.reason, self.possible = reason, possible
        super().__init__(str(SENTENCES[reason]) % {"possible": number(possible)})


class PointsOutOfRange(RuleViolation):
    """A correction would leave less than no points, or more than the ledger holds. `balance` is what there is."""

    code = "points_out_of_range"

    def __init__(self, balance: int, change: int) -> None:
        self.balance, self.change = balance, change
        verb = "taken" if change < 0 else "added"
        super().__init__(f"The customer has {number(balance)} points; {number(abs(change))} cannot be {verb}.")
