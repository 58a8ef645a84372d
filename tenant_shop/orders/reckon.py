"""What a cart comes to for who orders it: whatever can be decided before goods are locked."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.inventory.lock import ASKED_BY_A_SALE
from tenant_shop.inventory.take import check_stock
from tenant_shop.orders.buyer import Buyer
from tenant_shop.orders.charge import Charge, Purchase, charge_for
from tenant_shop.orders.chosen import Chosen, delivery_of, method_of
from tenant_shop.orders.destination import taxes_at
from tenant_shop.orders.errors import CartEmpty
from tenant_shop.orders.for_company import CompanyOrder, check_company_order, net_delivery, net_prices
from tenant_shop.orders.pricing import want, weight_grams
from tenant_shop.payments.methods import PaymentMethod
from tenant_shop.pricing.check import check_minimum_order, check_quantities
from tenant_shop.promotions.find import running_discounts
from tenant_shop.promotions.limits import Shopper
from tenant_shop.promotions.redeem import lock_limited
from tenant_shop.quotes.deal import Deal, check_acceptable, deal_of
from tenant_shop.shipping.rates import ShippingOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoning:
    """`demand` is pieces by variant, `variants` are the rows that it was reckoned with, not locked."""

    demand: dict[UUID, int]
    variants: dict[UUID, ProductVariant]
    deal: Deal
    delivery: ShippingOption
    method: PaymentMethod
    shopper: Shopper
    charge: Charge


def reckon(
    cart: ShoppingCart,
    settings: ShopSettings,
    buyer: Buyer,
    bought_for: CompanyOrder | None,
    chosen: Chosen,
    *,
    expected_total: Decimal,
    at: datetime,
) -> Reckoning:
    """What ordering the locked `cart` costs, or why it cannot be; locks discounts with limits and the cart's offer.

    Errors: as `place_order`.
    """
    currency = settings.currency
    lines = _lines_of(cart)  # one line for each variant
    demand = {line.variant_id: line.quantity for line in lines}
    variants = {line.variant_id: line.variant for line in lines}
    if not demand:
        raise CartEmpty(cart.pk)
    by_hand = chosen.by_hand
    if by_hand is not None and by_hand.discount is not None:
        discounts = [by_hand.discount]
    else:
        discounts = lock_limited(running_discounts(cart.coupon_code, at)) if cart.quote_id is None else []
    check_stock(demand, variants)
    company = bought_for.company if bought_for else None
    owners = company if cart.customer_id == buyer.customer_id else None
    deal = deal_of(cart, variants.values(), settings, company=owners, lock=True)
    check_acceptable(deal, demand, customer_id=buyer.customer_id, revision=chosen.quote_revision, currency=currency)
    check_quantities(demand, variants, deal.terms)
    wanted = [want(variants[variant_id], quantity, deal.terms) for variant_id, quantity in demand.items()]
    goods_total = sum((line.total for line in wanted), Decimal(0))
    check_minimum_order(goods_total, deal.terms)

    address = buyer.shipping_address
    delivery = delivery_of(settings, deal, chosen, address, goods_total=goods_total, weight=weight_grams(wanted))
    method = method_of(settings, chosen, company)
    shopper = Shopper(email=buyer.email, customer_id=buyer.customer_id)
    place = (address["country"], address["state_province"])
    taxes = taxes_at(settings, delivery, *place, company, postal_code=address.get("postal_code", ""))
    wanted, delivery = net_prices(wanted, taxes, currency), net_delivery(delivery, taxes, currency)
    purchase = Purchase(
        settings=settings,
        wanted=wanted,
        shipping=delivery.amount,
        taxes=taxes,
        discounts=discounts,
        coupon_code=cart.coupon_code,
        purse=chosen.purse,
        at=at,
    )
    charge = charge_for(shopper, purchase, expected_total=expected_total)
    if bought_for is not None:
        check_company_order(bought_for, charge.pricing.total, currency, method)
    return Reckoning(
        demand=demand, variants=variants, deal=deal, delivery=delivery, method=method, shopper=shopper, charge=charge
    )


def _lines_of(cart: ShoppingCart) -> list[CartItem]:
    goods = (f"variant__{name}" for name in ASKED_BY_A_SALE)
    rows = CartItem.objects.filter(cart=cart).select_related("variant__product").only("quantity", *goods)
    return list(rows.order_by("created_at", "id"))
