"""What a discount code takes off a cart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from smartseller.formats import amount, percent
from smartseller.money import allocate, quantize
from tenant_shop.promotions.errors import CouponRefused, Refusal
from tenant_shop.promotions.models import DiscountCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A line as a code sees it; `amount` is what the line costs."""

    product_id: UUID
    category_id: UUID | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Discount:
    """`parts` are what each line saves, in the lines' order; `free_shipping` makes delivery cost nothing."""

    parts: tuple[Decimal, ...]
    free_shipping: bool = False

    @property
    def amount(self) -> Decimal:
        return sum(self.parts, Decimal(0))


def assess(code: DiscountCode, goods: Sequence[Goods], *, currency: str, at: datetime) -> Discount:
    """The discount that `code` gives on `goods` at the moment `at`. Pure: the customer's own limit is checked when the
    code is redeemed.

    A code for products or categories discounts those lines only (a line of either kind); its minimum is about the
    whole cart. A fixed amount never exceeds what the lines cost.
    Rounding: the whole discount half up to the minor unit, then shared by largest remainder over the lines' amounts.
    Errors: CouponRefused.
    """
    subtotal = sum((line.amount for line in goods), Decimal(0))
    _check_rules(code, subtotal, currency=currency, at=at)
    amounts = [line.amount if _applies(code, line) else Decimal(0) for line in goods]
    eligible = sum(amounts, Decimal(0))
    if not any(_applies(code, line) for line in goods):
        raise CouponRefused(code.code, Refusal.NOT_APPLICABLE)
    if code.type == DiscountCode.Type.FREE_SHIPPING:
        return Discount(tuple(allocate(Decimal(0), amounts, currency)), free_shipping=True)
    if code.type == DiscountCode.Type.PERCENTAGE:
        saved = quantize(eligible * code.value / 100, currency)
    else:
        saved = min(quantize(code.value, currency), eligible)
    return Discount(tuple(allocate(saved, amounts, currency)))


def _check_rules(code: DiscountCode, subtotal: Decimal, *, currency: str, at: datetime) -> None:
    if not code.is_active:
        raise CouponRefused(code.code, Refusal.INACTIVE)
    if code.starts_at is not None and at < code.starts_at:
        raise CouponRefused(code.code, Refusal.NOT_STARTED)
    if not code.is_running(at):
        raise CouponRefused(code.code, Refusal.ENDED)
    if code.is_used_up:
        raise CouponRefused(code.code, Refusal.USED_UP)
    minimum = code.minimum_order_amount
    if minimum is not None and subtotal < minimum:
        raise CouponRefused(code.code, Refusal.BELOW_MINIMUM, minimum=quantize(minimum, currency), currency=currency)


def _applies(code: DiscountCode, line: Goods) -> bool:
    products, categories = code.applicable_products or [], code.applicable_categories or []
    return (not products and not categories) or line.product_id in products or line.category_id in categories


def describe(code: DiscountCode, currency: str) -> str:
    """What the code gives, in a few words: "10% off"."""
    if code.type == DiscountCode.Type.FREE_SHIPPING:
        return _("Free delivery")
    if code.type == DiscountCode.Type.PERCENTAGE:
        return _("%(percent)s off") % {"percent": percent(code.value)}
    return _("%(amount)s off") % {"amount": amount(code.value, currency)}
