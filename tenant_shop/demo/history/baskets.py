"""What people put into their baskets, and the codes they type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.demo.shops import DemoShop
from tenant_shop.orders.pricing import Wanted, want
from tenant_shop.pricing.terms import everybodys
from tenant_shop.promotions.assess import Discount, assess
from tenant_shop.promotions.errors import CouponRefused
from tenant_shop.promotions.models import DiscountCode

# What is sold out now was last sold so long ago.
SOLD_OUT_FOR = timedelta(days=12)
LINES, LINE_WEIGHTS = (1, 2, 3, 4, 5), (46, 29, 15, 7, 3)
QUANTITIES, QUANTITY_WEIGHTS = (1, 2, 3, 4), (76, 17, 4, 3)
# Below this price people take two.
CHEAP = {"EUR": Decimal(30), "JPY": Decimal(3000)}


@dataclass(kw_only=True)
class Shelf:
    """What can be ordered: variants with how much they are liked, and how many of each shall be left in the end."""

    variants: Sequence[ProductVariant]
    liking: Mapping[UUID, float]
    left: Mapping[UUID, int]
    currency: str

    def basket(self, *, at: datetime, now: datetime, random: Random) -> list[Wanted]:
        """Some lines, no variant twice; never anything that was not on sale at the moment `at`."""
        there = [variant for variant in self.variants if self._was_there(variant, at, now)]
        chosen: dict[UUID, ProductVariant] = {}
        for variant in random.choices(
            there, [self.liking[variant.pk] for variant in there], k=random.choices(LINES, LINE_WEIGHTS)[0]
        ):
            chosen[variant.pk] = variant
        return [
            want(variant, self._quantity(variant, random), everybodys(self.currency)) for variant in chosen.values()
        ]

    def may_come_back(self, basket: Sequence[Wanted]) -> bool:
        """Whether returned goods would not spoil what shall be left: scarce ones stay with their buyers."""
        return all(self.left.get(line.variant.pk, 99) > 5 for line in basket)

    def _was_there(self, variant: ProductVariant, at: datetime, now: datetime) -> bool:
        is_sold_out = self.left.get(variant.pk) == 0 and variant.product.is_stock_limited
        return variant.product.created_at <= at and not (is_sold_out and at > now - SOLD_OUT_FOR)

    def _quantity(self, variant: ProductVariant, random: Random) -> int:
        if variant.effective_price > CHEAP[self.currency]:
            return 1
        return random.choices(QUANTITIES, QUANTITY_WEIGHTS)[0]


@dataclass(kw_only=True)
class Coupons:
    """The shop's codes, not written yet, and who used them how often; `usage_count` of each is kept."""

    codes: Sequence[DiscountCode]
    shares: Mapping[str, float]
    currency: str
    used: dict[tuple[str, str], int] = field(default_factory=dict)

    def try_one(
        self, basket: Sequence[Wanted], *, email: str, at: datetime, random: Random
    ) -> tuple[DiscountCode, Discount] | None:
        """Perhaps a code that held for this basket then, its use counted."""
        for code in self.codes:
            limit = code.usage_limit_per_customer
            if random.random() >= self.shares[code.title] or (
                limit is not None and self.used.get((code.title, email), 0) >= limit
            ):
                continue
            try:
                discount = assess(code, [line.goods for line in basket], currency=self.currency, at=at)
            except CouponRefused:
                continue
            code.usage_count += 1
            self.used[code.title, email] = self.used.get((code.title, email), 0) + 1
            return code, discount
        return None

    def give_back(self, code: DiscountCode, email: str) -> None:
        """The order was cancelled: its use does not count."""
        code.usage_count -= 1
        self.used[code.title, email] -= 1


def make_coupons(shop: DemoShop, now: datetime) -> Coupons:
    """The shop's codes as rows to be written."""
    codes = []
    for demo in shop.discounts:
        first, last = demo.days or (120, None)
        starts_at = now - timedelta(days=first)
        codes.append(
            DiscountCode(
                code=demo.code,
                name=demo.name,
                type=demo.type,
                value=Decimal(demo.value),
                minimum_order_amount=Decimal(demo.minimum) if demo.minimum else None,
                usage_limit=demo.usage_limit,
                usage_limit_per_customer=demo.per_customer,
                starts_at=starts_at,
                ends_at=now - timedelta(days=last) if last else None,
                created_at=starts_at,
                updated_at=starts_at,
            )
        )
    return Coupons(codes=codes, shares={demo.code: demo.share for demo in shop.discounts}, currency=shop.currency)
