"""A cart with all that is read to price it, read once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils import timezone

from tenant_shop.carts.lines import lines_of, open_cart
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.pricing import Wanted, want, weight_grams
from tenant_shop.pricing.terms import Terms, everybodys
from tenant_shop.promotions.combine import Savings, combine
from tenant_shop.promotions.find import running_discounts
from tenant_shop.promotions.limits import Shopper, barred
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.quotes.deal import Deal, deal_of
from tenant_shop.shipping.rates import ShippingOption, offers


@dataclass(frozen=True)
class Basket:
    """`cart` is None when `cart_id` names none, or one that has expired or was ordered; it has no `rows` then."""

    cart_id: UUID | None
    cart: ShoppingCart | None
    rows: tuple[CartItem, ...]
    settings: ShopSettings

    @cached_property
    def deal(self) -> Deal:
        """On what terms what is in the cart is bought. At most three statements, the first time."""
        if self.cart is None or not self.rows:
            return Deal(terms=everybodys(self.settings.currency))
        return deal_of(self.cart, [row.variant for row in self.rows], self.settings)

    @property
    def terms(self) -> Terms:
        return self.deal.terms

    @cached_property
    def wanted(self) -> tuple[Wanted, ...]:
        """The lines at today's prices."""
        return tuple(want(row.variant, row.quantity, self.terms) for row in self.rows)

    @property
    def goods_total(self) -> Decimal:
        """What the goods cost, before discounts."""
        return sum((line.total for line in self.wanted), Decimal(0))

    @property
    def weight_grams(self) -> Decimal:
        return weight_grams(self.wanted)

    @property
    def coupon_code(self) -> str | None:
        return (self.cart.coupon_code or None) if self.cart else None

    @cached_property
    def discounts(self) -> list[DiscountCode]:
        """What may hold for the cart. One statement, the first time; none for an empty cart without a code."""
        if not self.deal.takes_discounts:
            return []
        return running_discounts(self.coupon_code, timezone.now()) if self.rows or self.coupon_code else []

    def deliveries(self, country: str | None, state: str = "") -> list[ShippingOption]:
        """The ways to deliver the cart to `state` of `country` (ISO 3166-1 alpha-2), the merchant's favourite first."""
        if self.deal.delivery is not None:
            return [self.deal.delivery]
        return offers(
            self.settings,
            subtotal=self.goods_total,
            weight_grams=self.weight_grams,
            country=country,
            state=state,
        )

    def usual_delivery(self, country: str | None = None, state: str = "") -> Decimal:
        """What delivery to `state` of `country` would cost; in the shop's own for who has not said where they live."""
        options = self.deliveries(country or self.settings.country, state)
        return options[0].amount if options else Decimal(0)

    def savings(
        self, *, shipping: Decimal, shopper: Shopper | None = None, priced: Sequence[Wanted] | None = None
    ) -> Savings:
        """What discounts take off, when delivery costs `shipping`; by what `shopper` used before, if they are known.
        `priced` are the lines where they cost something else than `wanted` says.

        At most two statements more than `discounts`.
        """
        return combine(
            self.discounts,
            [line.goods for line in (self.wanted if priced is None else priced)],
            currency=self.settings.currency,
            at=timezone.now(),
            shipping=shipping,
            barred=barred(self.discounts, shopper) if shopper else {},
            coupon_code=self.coupon_code,
        )


def read_basket(cart_id: UUID | None, settings: ShopSettings | None = None) -> Basket:
    """At most two statements, one more without `settings`."""
    cart = open_cart(cart_id)
    return Basket(cart_id, cart, tuple(lines_of(cart.pk)) if cart else (), settings or shop_settings())
