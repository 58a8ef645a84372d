"""What a shopper chose at the checkout, as far as the shop offers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation

from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.spending import Purse, Spending, spend
from tenant_shop.orders.by_hand import PAID_BY_HAND, ByHand
from tenant_shop.orders.errors import PaymentMethodUnavailable, ShippingUnavailable
from tenant_shop.orders.pricing import Wanted
from tenant_shop.payments.methods import PaymentMethod, offered_to
from tenant_shop.promotions.combine import Savings
from tenant_shop.quotes.deal import Deal
from tenant_shop.shipping.rates import ShippingOption, offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The codes of the delivery and of the way to pay, the points to be spent and the offer that was seen, if any;
    `by_hand` is what staff decided who chose it for a customer."""

    shipping_code: str
    payment_method: str
    purse: Purse | None = None
    quote_revision: int | None = None
    by_hand: ByHand | None = None


def delivery_of(
    settings: ShopSettings,
    deal: Deal,
    chosen: Chosen,
    address: Mapping[str, str],
    *,
    goods_total: Decimal,
    weight: Decimal,
) -> ShippingOption:
    """The chosen delivery of goods of this price and weight (in grams), or the one that was agreed.

    Errors: ShippingUnavailable.
    """
    own = chosen.by_hand.delivery if chosen.by_hand else None
    if own is not None and own.code == chosen.shipping_code:
        return own
    with translation.override(settings.language):  # as the merchant reads it, like names of the merchant's own
        agreed = deal.delivery
    options = (
        [agreed]
        if agreed
        else offers(
            settings,
            subtotal=goods_total,
            weight_grams=weight,
            country=address["country"],
            state=address["state_province"],
        )
    )
    for option in options:
        if option.code == chosen.shipping_code:
            return option
    raise ShippingUnavailable(chosen.shipping_code, address["country"])


def method_of(settings: ShopSettings, chosen: Chosen, company: Company | None) -> PaymentMethod:
    """The chosen way to pay of the company that buys, or of who buys for themselves.

    Errors: PaymentMethodUnavailable.
    """
    by_hand = chosen.by_hand
    if by_hand is not None and by_hand.is_paid:
        return PAID_BY_HAND
    for method in offered_to(settings, company):
        if method.code == chosen.payment_method:
            return by_hand.adjust(method) if by_hand else method
    raise PaymentMethodUnavailable(chosen.payment_method)


def spend_points(settings: ShopSettings, purse: Purse, wanted: Sequence[Wanted], savings: Savings) -> Spending:
    """What the points take off goods at these prices, after discounts. Errors: PointsRefused."""
    costs = [line.total - part for line, part in zip(wanted, savings.parts, strict=True)]
    rules = loyalty_rules(settings.loyalty).spending
    return spend(rules, purse, costs=costs, is_discounted=bool(savings.given), currency=settings.currency)
