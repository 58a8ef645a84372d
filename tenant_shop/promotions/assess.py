"""What one discount takes off a cart."""

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
    """A line as a discount sees it; `amount` is what the line costs, `on_sale` says that it cost more before."""

    product_id: UUID
    category_id: UUID | None
    amount: Decimal
    on_sale: bool = False


@dataclass(frozen=True, slots=True)
class Discount:
    """`parts` are what each line saves, in the lines' order; `free_shipping` makes delivery cost nothing."""

    parts: tuple[Decimal, ...]
    free_shipping: bool = False

    @property
    def amount(self) -> Decimal:
        return sum(self.parts, Decimal(0))


def assess(code: DiscountCode, goods: Sequence[Goods], *, currency: str, at: datetime) -> Discount:
    """The discount that `code` gives on `goods` at the moment `at`. Pure: what it gives beside others is decided by
    `combine`, what the customer used already by `limits`.

    A code for products or categories discounts those lines only (a line of either kind); its minimum is about the
    whole cart. One that leaves out what is on sale does not discount those lines. A fixed amount never exceeds what
    the lines cost.
    Rounding: the whole discount half up to the minor unit, then shared by largest remainder over the lines' amounts.
    Errors: CouponRefused.
    """
    subtotal = sum((line.amount for line in goods), Decimal(0))
    _check_rules(code, subtotal, currency=currency, at=at)
    if not any(_applies(code, line) for line in goods):
        reduced = any(_is_meant(code, line) for line in goods)
        raise CouponRefused(code.title, Refusal.ONLY_REDUCED if reduced else Refusal.NOT_APPLICABLE)
    return reduce(code, goods, [line.amount for line in goods], currency=currency)


def reduce(code: DiscountCode, goods: Sequence[Goods], costs: Sequence[Decimal], *, currency: str) -> Discount:
    """What `code`, whose rules hold, takes off lines that cost `costs` by now. Rounding: as `assess`."""
    amounts = [cost if _applies(code, line) else Decimal(0) for line, cost in zip(goods, costs, strict=True)]
    eligible = sum(amounts, Decimal(0))
    if code.type == DiscountCode.Type.FREE_SHIPPING:
        return Discount(tuple(allocate(Decimal(0), amounts, currency)), free_shipping=True)
    if code.type == DiscountCode.Type.PERCENTAGE:
        saved = quantize(eligible * code.value / 100, currency)
    else:
        saved = min(quantize(code.value, currency), eligible)
    return Discount(tuple(allocate(saved, amounts, currency)))


def _check_rules(code: DiscountCode, subtotal: Decimal, *, currency: str, at: datetime) -> None:
    if not code.is_active:
        raise CouponRefused(code.title, Refusal.INACTIVE)
    if code.starts_at is not None and at < code.starts_at:
        raise CouponRefused(code.title, Refusal.NOT_STARTED)
    if not code.is_running(at):
        raise CouponRefused(code.title, Refusal.ENDED)
    if code.is_used_up:
        raise CouponRefused(code.title, Refusal.USED_UP)
    minimum = code.minimum_order_amount
    if minimum is not None and subtotal < minimum:
        raise CouponRefused(code.title, Refusal.BELOW_MINIMUM, minimum=quantize(minimum, currency), currency=currency)


def _applies(code: DiscountCode, line: Goods) -> bool:
    return _is_meant(code, line) and not (code.excludes_sale_items and line.on_sale)


def _is_meant(code: DiscountCode, line: Goods) -> bool:
    products, categories = code.applicable_products or [], code.applicable_categories or []
    return (not products and not categories) or line.product_id in products or line.category_id in categories


def describe(code: DiscountCode, currency: str) -> str:
    """What the code gives, in a few words: "10% off"."""
    if code.type == DiscountCode.Type.FREE_SHIPPING:
        return _("Free delivery")
    if code.type == DiscountCode.Type.PERCENTAGE:
        return _("%(percent)s off") % {"percent": percent(code.value)}
    return _("%(amount)s off") % {"amount": amount(code.value, currency)}
