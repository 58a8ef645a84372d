"""What a cart would cost as an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from tenant_shop.carts.basket import Basket, read_basket
from tenant_shop.carts.errors import CartGone
from tenant_shop.companies.models import Company
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.inventory.shortage import shortages, summed_demand
from tenant_shop.loyalty.errors import PointsRefused
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.spending import Purse, Spending, most_points, spend
from tenant_shop.orders.destination import not_delivered, taxes_at
from tenant_shop.orders.for_company import net_delivery, net_prices
from tenant_shop.orders.pricing import PricedLine, Wanted, price_order
from tenant_shop.pricing.check import below_minimum, wrong_quantities
from tenant_shop.promotions.combine import Given, Savings
from tenant_shop.promotions.limits import Shopper
from tenant_shop.shipping.rates import ShippingOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The amounts that `place_order` will charge if nothing changes; `total` is its `expected_total`.

    `shipping_code` is the delivery that was counted: the wanted one, or the first one offered; None when nothing is
    delivered to the country. `coupon_code` is the code that was counted, `savings` what each discount gives, `points`
    how many points are spent and `points_amount` what of `discount` they take off; at most `most_points` could be.
    `problems` are sentences, one for each reason why the order could not be placed like this; `remarks` say what
    it is placed without, among them why not the points that were wanted (`points_remark`, else "").
    """

    lines: tuple[PricedLine, ...]
    currency: str
    subtotal: Decimal
    discount: Decimal
    points: int
    points_amount: Decimal
    most_points: int
    shipping: Decimal
    tax: Decimal
    tax_included: bool
    total: Decimal
    shipping_options: tuple[ShippingOption, ...]
    shipping_code: str | None
    coupon_code: str | None
    savings: tuple[Given, ...]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    points_remark: str = ""
    reverse_charge: bool = False


def quote(
    cart_id: UUID | None,
    *,
    country: str | None,
    shipping_code: str | None,
    state: str = "",
    postal_code: str = "",
    shopper: Shopper | None = None,
    purse: Purse | None = None,
    company: Company | None = None,
) -> Quote:
    """Price the cart as an order to `state` of `country` (ISO 3166-1 alpha-2), without locking or changing anything.

    `company` is who the shopper buys for, if they do: it may owe the tax itself.
    What `shopper` has used before counts, if they are known by now. Of the points that `purse` wants to spend as many
    are spent as can be. At most four statements, two more with `shopper`, however many lines and discounts. An empty
    cart has an empty quote with a problem.
    Errors: CartGone.
    """
    basket = read_basket(cart_id)
    return quote_of(
        basket,
        country=country,
        state=state,
        postal_code=postal_code,
        shipping_code=shipping_code,
        shopper=shopper,
        purse=purse,
        company=company,
    )


def quote_of(
    basket: Basket,
    *,
    country: str | None,
    shipping_code: str | None,
    state: str = "",
    postal_code: str = "",
    shopper: Shopper | None = None,
    company: Company | None = None,
    purse: Purse | None = None,
) -> Quote:
    """As `quote`, of what was read already. At most three statements. Errors: CartGone."""
    cart, settings = basket.cart, basket.settings
    if cart is None:
        raise CartGone(basket.cart_id)
    currency = settings.currency
    wanted = basket.wanted
    problems = [] if wanted else [_("Your cart is empty.")]
    demand = summed_demand((line.variant.pk, line.quantity) for line in wanted)
    variants = {line.variant.pk: line.variant for line in wanted}
    problems += [str(shortage) for shortage in shortages(demand, variants)]
    problems += [str(wrong) for wrong in wrong_quantities(demand, variants, basket.terms)]
    if wanted and (missing := below_minimum(basket.goods_total, basket.terms)):
        problems.append(str(missing))

    options = [
        net_delivery(option, taxes_at(settings, option, country, state, company, postal_code=postal_code), currency)
        for option in basket.deliveries(country, state)
    ]
    chosen = next((option for option in options if option.code == shipping_code), options[0] if options else None)
    if chosen is None:
        problems.append(not_delivered(settings, country, state))
    shipping = chosen.amount if chosen else Decimal(0)
    taxes = taxes_at(settings, chosen, country, state, company, postal_code=postal_code)
    priced = net_prices(wanted, taxes, currency)
    savings = basket.savings(shipping=shipping, shopper=shopper, priced=priced)
    spending, most, refused = _spend(basket.settings, priced, savings, purse) if purse else (None, 0, "")
    pricing = price_order(
        priced,
        discount=savings,
        spending=spending,
        shipping=shipping,
        taxes=taxes,
        currency=currency,
    )
    return Quote(
        lines=pricing.lines,
        currency=currency,
        subtotal=pricing.subtotal,
        discount=pricing.discount,
        points=pricing.points,
        points_amount=pricing.points_amount,
        most_points=most,
        shipping=pricing.shipping,
        tax=pricing.tax,
        tax_included=pricing.tax_included,
        total=pricing.total,
        shipping_options=tuple(options),
        shipping_code=chosen.code if chosen else None,
        coupon_code=savings.code,
        savings=savings.given,
        problems=tuple(problems),
        remarks=tuple(str(remark) for remark in (savings.refusal, refused) if remark),
        points_remark=refused,
        reverse_charge=pricing.reverse_charge,
    )


def _spend(
    settings: ShopSettings, wanted_lines: Sequence[Wanted], savings: Savings, purse: Purse
) -> tuple[Spending | None, int, str]:
    """What the points of `purse` take off, how many could be spent, and why it is not what was wanted."""
    rules, currency = loyalty_rules(settings.loyalty).spending, settings.currency
    costs = [line.total - part for line, part in zip(wanted_lines, savings.parts, strict=True)]
    is_discounted = bool(savings.given)
    most = most_points(rules, balance=purse.balance or 0, costs=costs, is_discounted=is_discounted, currency=currency)
    remark = ""
    for wanted in (purse.wanted, min(purse.wanted, most)):
        if not wanted:
            break
        try:
            purse = Purse(balance=purse.balance, wanted=wanted)
            spending = spend(rules, purse, costs=costs, is_discounted=is_discounted, currency=currency)
        except PointsRefused as refusal:
            remark = remark or str(refusal)
        else:
            return spending, most, remark
    return None, most, remark
