"""What staff decide about an order that they take by hand, where a shopper would have had no choice."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar

from smartseller.errors import RuleViolation
from smartseller.ids import uuid7
from smartseller.money import quantize
from tenant_shop.orders.models import Order
from tenant_shop.payments.methods import KNOWN, PaymentMethod
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.shipping.rates import ShippingOption

# The code of a delivery whose price somebody named.
OWN_DELIVERY = "by_hand"
LONGEST_DELIVERY, LONGEST_REASON = 100, 255
MOST_DAYS = 90


class NotTakenLikeThis(RuleViolation):
    """What staff decided about an order cannot be: a discount without a reason, a price below nothing."""

    code = "not_taken_like_this"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """`actor` is the id of the user who takes the order. `delivery` is a way to deliver at a price of their own,
    `discount` one of their own (`own_discount`), which holds instead of all others. `pay_within` is how long the order
    may wait for its money; `is_paid` says that the money is here. `told` is called with the order at the end of the
    transaction that places it, once.
    """

    actor: str
    delivery: ShippingOption | None = None
    discount: DiscountCode | None = None
    pay_within: timedelta | None = None
    is_paid: bool = False
    told: Callable[[Order], None] | None = None

    def adjust(self, method: PaymentMethod) -> PaymentMethod:
        """The way to pay with this order's own time, where it waits for money at all."""
        if self.pay_within is None or method.due_after is None:
            return method
        return replace(method, due_after=self.pay_within)


# Money that is here already came in some way; whether the shop offers transfers to shoppers is another matter.
PAID_BY_HAND = KNOWN["bank_transfer"]


def own_delivery(name: str, amount: Decimal, currency: str) -> ShippingOption:
    """A delivery that costs what somebody says, in `currency`. Errors: NotTakenLikeThis."""
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_DELIVERY:
        raise NotTakenLikeThis(f"Say in up to {LONGEST_DELIVERY} characters how the order is delivered.")
    if not amount.is_finite() or amount < 0:
        raise NotTakenLikeThis("Delivery does not cost less than nothing.")
    return ShippingOption(code=OWN_DELIVERY, name=words, amount=quantize(amount, currency), note="")


def own_discount(*, reason: str, amount: Decimal | None = None, percent: Decimal | None = None) -> DiscountCode:
    """A discount for one order: `amount` off it, in the shop's currency, or `percent` of it; not saved yet.

    It has no code, and its name is the `reason`, which the customer reads. Used once, it can never be used again.
    Errors: NotTakenLikeThis.
    """
    words = " ".join(reason.split())
    if not words or len(words) > LONGEST_REASON:
        raise NotTakenLikeThis(f"Give a reason for the discount, of up to {LONGEST_REASON} characters.")
    value = percent if amount is None else amount
    if value is None or not value.is_finite() or value <= 0 or (percent is not None and percent > 100):
        raise NotTakenLikeThis("A discount takes something off, and never more than everything.")
    kind = DiscountCode.Type.PERCENTAGE if amount is None else DiscountCode.Type.FIXED_AMOUNT
    return DiscountCode(id=uuid7(), code=None, name=words, type=kind, value=value, usage_limit=1)


def keep_discount(discount: DiscountCode) -> None:
    """Save a discount of one order, in its transaction, as one that nobody else can use. One statement."""
    discount.is_active = False
    discount.save(force_insert=True)
