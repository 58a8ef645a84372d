"""Why a discount code does not hold."""

from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from smartseller.errors import RuleViolation
from smartseller.formats import amount


class Refusal(StrEnum):
    """The reasons, one for each rule."""

    UNKNOWN = "unknown"
    INACTIVE = "inactive"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    USED_UP = "used_up"
    USED_BY_CUSTOMER = "used_by_customer"
    BELOW_MINIMUM = "below_minimum"
    NOT_APPLICABLE = "not_applicable"
    ONLY_REDUCED = "only_reduced"
    NOT_FIRST_ORDER = "not_first_order"
    NOT_COMBINED = "not_combined"
    NOT_WITH_ADDRESS = "not_with_address"


SENTENCES = {
    Refusal.UNKNOWN: _("There is no code %(code)s."),
    Refusal.INACTIVE: _("The code %(code)s is not in use."),
    Refusal.NOT_STARTED: _("The code %(code)s does not hold yet."),
    Refusal.ENDED: _("The code %(code)s has ended."),
    Refusal.USED_UP: _("The code %(code)s has been used up."),
    Refusal.USED_BY_CUSTOMER: _("You have used the code %(code)s already."),
    Refusal.BELOW_MINIMUM: _("The code %(code)s needs an order of at least %(minimum)s."),
    Refusal.NOT_APPLICABLE: _("The code %(code)s does not hold for anything in your cart."),
    Refusal.ONLY_REDUCED: _("The code %(code)s does not hold for what is reduced already."),
    Refusal.NOT_FIRST_ORDER: _("The code %(code)s is for a first order only."),
    Refusal.NOT_COMBINED: _("The code %(code)s cannot be combined with “%(other)s”, which saves you more."),
    Refusal.NOT_WITH_ADDRESS: _("“%(code)s” cannot be used with this e-mail address."),
}


class CouponRefused(RuleViolation):
    """The code cannot be used. `minimum` is set when the order is too small: the amount needed, in `currency`;
    `other` when another discount is better and does not allow this one beside it: what that one is called.
    """

    code = "coupon_refused"

    def __init__(
        self,
        coupon_code: str,
        reason: Refusal,
        *,
        minimum: Decimal | None = None,
        currency: str | None = None,
        other: str = "",
    ) -> None:
        self.coupon_code, self.reason, self.minimum, self.currency = coupon_code, reason, minimum, currency
        needed = amount(minimum, currency) if minimum is not None and currency else ""
        self.other = other
        super().__init__(str(SENTENCES[reason]) % {"code": coupon_code, "minimum": needed, "other": other})
