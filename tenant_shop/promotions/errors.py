"""Why a discount code does not hold."""

from decimal import Decimal
from enum import StrEnum

from smartseller.errors import RuleViolation


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


SENTENCES = {
    Refusal.UNKNOWN: "There is no code {code}.",
    Refusal.INACTIVE: "The code {code} is not in use.",
    Refusal.NOT_STARTED: "The code {code} does not hold yet.",
    Refusal.ENDED: "The code {code} has ended.",
    Refusal.USED_UP: "The code {code} has been used up.",
    Refusal.USED_BY_CUSTOMER: "You have used the code {code} already.",
    Refusal.BELOW_MINIMUM: "The code {code} needs an order of at least {minimum}.",
    Refusal.NOT_APPLICABLE: "The code {code} does not hold for anything in your cart.",
}


class CouponRefused(RuleViolation):
    """The code cannot be used. `minimum` is set when the order is too small: the amount needed, in `currency`."""

    code = "coupon_refused"

    def __init__(
        self, coupon_code: str, reason: Refusal, *, minimum: Decimal | None = None, currency: str | None = None
    ) -> None:
        self.coupon_code, self.reason, self.minimum, self.currency = coupon_code, reason, minimum, currency
        needed = f"{minimum} {currency}" if minimum is not None else ""
        super().__init__(SENTENCES[reason].format(code=coupon_code, minimum=needed))
