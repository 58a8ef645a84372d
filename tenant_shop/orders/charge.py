"""What an order costs, by the discounts that hold for who orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.loyalty.spending import Purse, Spending
from tenant_shop.orders.chosen import spend_points
from tenant_shop.orders.errors import CouponRefused, TotalChanged
from tenant_shop.orders.pricing import Pricing, Wanted, price_order
from tenant_shop.promotions.combine import Savings, combine
from tenant_shop.promotions.errors import Refusal
from tenant_shop.promotions.limits import Shopper, barred
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.taxes.rates import LocalTaxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is taken off, which points are spent, and what is left to be paid."""

    savings: Savings
    spending: Spending | None
    pricing: Pricing


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """What is ordered: lines and delivery at net prices where they are, of a cart with a code or without one."""

    settings: ShopSettings
    wanted: Sequence[Wanted]
    shipping: Decimal
    taxes: LocalTaxes
    discounts: Sequence[DiscountCode]
    coupon_code: str | None
    purse: Purse | None
    at: datetime

    def charge(self, barring: Mapping[UUID, Refusal]) -> Charge:
        """What it costs when the discounts of `barring` may not be used. Pure. Errors: PointsRefused."""
        currency = self.settings.currency
        savings = combine(
            self.discounts,
            [line.goods for line in self.wanted],
            currency=currency,
            at=self.at,
            shipping=self.shipping,
            barred=barring,
            coupon_code=self.coupon_code,
        )
        spending = spend_points(self.settings, self.purse, self.wanted, savings) if self.purse else None
        pricing = price_order(
            self.wanted,
            discount=savings,
            spending=spending,
            shipping=self.shipping,
            taxes=self.taxes,
            currency=currency,
        )
        return Charge(savings=savings, spending=spending, pricing=pricing)


def charge_for(shopper: Shopper, purchase: Purchase, *, expected_total: Decimal) -> Charge:
    """What `shopper` pays for `purchase`: the total that they saw, or nothing is ordered.

    What depends on the address that was typed is refused only when the total is the one that holds for everybody else,
    so that nobody learns who has bought here by guessing addresses: an address that is not known orders at that total.
    At most two statements, two more when a customer is refused. Errors: CouponRefused, PointsRefused, TotalChanged.
    """
    barring = barred(purchase.discounts, shopper)
    charged = purchase.charge(barring)
    if charged.pricing.total == expected_total:
        return charged
    known = barred(purchase.discounts, shopper.account) if barring and shopper.account else {}
    seen = purchase.charge(known) if known != barring else charged
    if seen.pricing.total == expected_total:
        by_address = [given.discount for given in seen.savings.given if given.discount.pk in barring]
        raise CouponRefused(by_address[0].title, Refusal.NOT_WITH_ADDRESS)
    raise seen.savings.refusal or TotalChanged(expected_total, seen.pricing.total, purchase.settings.currency)
