"""What a cart would cost as an order."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tenant_shop.carts.basket import Basket, read_basket
from tenant_shop.carts.errors import CartGone
from tenant_shop.inventory.shortage import shortages, summed_demand
from tenant_shop.orders.pricing import PricedLine, price_order, want, weight_grams
from tenant_shop.promotions.assess import Discount, assess
from tenant_shop.promotions.errors import CouponRefused
from tenant_shop.shipping.rates import ShippingOption, offers
from tenant_shop.taxes.rates import local_taxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The amounts that `place_order` will charge if nothing changes; `total` is its `expected_total`.

    `shipping_code` is the delivery that was counted: the wanted one, or the first one offered; None when nothing is
    delivered to the country. `coupon_code` is the code that was counted. `problems` are sentences, one for each
    reason why the order could not be placed like this.
    """

    lines: tuple[PricedLine, ...]
    currency: str
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    tax_included: bool
    total: Decimal
    shipping_options: tuple[ShippingOption, ...]
    shipping_code: str | None
    coupon_code: str | None
    problems: tuple[str, ...]


def quote(cart_id: UUID | None, *, country: str | None, shipping_code: str | None, state: str = "") -> Quote:
    """Price the cart as an order to `state` of `country` (ISO 3166-1 alpha-2), without locking or changing anything.

    At most four statements, however many lines. An empty cart has an empty quote with a problem.
    Errors: CartGone.
    """
    return quote_of(read_basket(cart_id), country=country, state=state, shipping_code=shipping_code)


def quote_of(basket: Basket, *, country: str | None, shipping_code: str | None, state: str = "") -> Quote:
    """As `quote`, of what was read already. At most one statement. Errors: CartGone."""
    cart, settings = basket.cart, basket.settings
    if cart is None:
        raise CartGone(basket.cart_id)
    currency = settings.currency
    wanted = [want(row.variant, row.quantity, currency) for row in basket.rows]
    problems = [] if wanted else [_("Your cart is empty.")]
    demand = summed_demand((line.variant.pk, line.quantity) for line in wanted)
    problems += [str(shortage) for shortage in shortages(demand, {line.variant.pk: line.variant for line in wanted})]

    discount: Discount | None = None
    try:
        if basket.code is not None:
            discount = assess(basket.code, [line.goods for line in wanted], currency=currency, at=timezone.now())
    except CouponRefused as refusal:
        problems.append(str(refusal))

    subtotal = sum((line.total for line in wanted), Decimal(0))
    options = offers(
        settings.shipping_rates,
        subtotal=subtotal - (discount.amount if discount else 0),
        weight_grams=weight_grams(wanted),
        country=country.upper() if country else None,
        currency=currency,
    )
    chosen = next((option for option in options if option.code == shipping_code), options[0] if options else None)
    if chosen is None:
        problems.append(_("We do not deliver this to the chosen country."))
    pricing = price_order(
        wanted,
        discount=discount,
        shipping=chosen.amount if chosen else Decimal(0),
        taxes=local_taxes(settings, country, state),
        currency=currency,
    )
    return Quote(
        lines=pricing.lines,
        currency=currency,
        subtotal=pricing.subtotal,
        discount=pricing.discount,
        shipping=pricing.shipping,
        tax=pricing.tax,
        tax_included=pricing.tax_included,
        total=pricing.total,
        shipping_options=tuple(options),
        shipping_code=chosen.code if chosen else None,
        coupon_code=cart.coupon_code if discount else None,
        problems=tuple(problems),
    )
