"""What an order costs after a change: by the same function that priced it when it was placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from smartseller.money import quantize
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.address import clean_address, clean_recipient
from tenant_shop.orders.arrival import days_of
from tenant_shop.orders.destination import taxes_at
from tenant_shop.orders.editing import Change, OrderNotEditable, check_lines
from tenant_shop.orders.errors import ShippingUnavailable
from tenant_shop.orders.for_company import net_delivery, net_prices
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import Pricing, Wanted, price_order, want, weight_grams
from tenant_shop.pricing.check import check_minimum_order, check_quantities
from tenant_shop.pricing.terms import Terms, terms_for
from tenant_shop.promotions.combine import Savings, combine
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption
from tenant_shop.shipping.rates import ShippingOption, offers, pickup_codes
from tenant_shop.taxes.rates import LocalTaxes


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The order as it would be. `kept` are the lines that stay, in order, and `added` the pieces of those that come
    after them, by variant; the lines of `pricing` are both. Without `pricing` nothing but addresses changes.
    """

    shipping_address: Mapping[str, str]
    billing_address: Mapping[str, str]
    delivery: ShippingOption
    kept: Sequence[OrderItem]
    added: Mapping[UUID, int] = field(default_factory=dict)
    pieces: Mapping[UUID, int] = field(default_factory=dict)
    savings: Savings | None = None
    pricing: Pricing | None = None

    @property
    def demand(self) -> dict[UUID, int]:
        """All pieces, by variant."""
        own = {item.variant_id: self.pieces[item.pk] for item in self.kept if item.variant_id}
        return {**own, **self.added}


def reprice(
    order: Order,
    items: Sequence[OrderItem],
    change: Change,
    *,
    settings: ShopSettings,
    uses: Sequence[DiscountRedemption],
    variants: Mapping[UUID, ProductVariant],
    at: datetime,
) -> Edited:
    """The order after `change`: what stays at the prices that it was bought at, what is new at today's.

    `variants` are those of the lines and of what is added; goods that the order has already are more pieces of their
    line. Discounts are those that the order used (`uses`), by their rules, whether they still run or not; taxes are
    today's at the address. At most three statements, as `terms_for`.
    Errors: OrderNotEditable; InvalidAddress; ShippingUnavailable; QuantityNotAllowed; BelowMinimumOrder.
    """
    by_id = {item.pk: item for item in items}
    if change.pieces.keys() - by_id.keys():
        raise OrderNotEditable(order.order_number, "There is no such line in it.")
    pieces = {item.pk: change.pieces.get(item.pk, item.quantity) for item in items}
    added: dict[UUID, int] = {}
    of_variant = {item.variant_id: item for item in items}
    for variant_id, more in change.added.items():
        if (known := of_variant.get(variant_id)) is not None:
            pieces[known.pk] += more
        elif variant_id in variants:
            added[variant_id] = more
        else:
            raise OrderNotEditable(order.order_number, "Some of what is added does not exist any more.")
    usual = delivery_now(order, uses)
    shipping, billing = _addresses(order, change, settings)
    place = ("country", "state_province")
    is_same_place = all(shipping.get(name, "") == (order.shipping_address.get(name) or "") for name in place)
    are_same_lines = not added and all(pieces[item.pk] == item.quantity for item in items)
    is_same_delivery = change.delivery_code is None and change.own_delivery is None
    whole = {"shipping_address": shipping, "billing_address": billing, "kept": items, "pieces": pieces}
    if are_same_lines and is_same_place and is_same_delivery:
        return Edited(**whole, delivery=usual)  # type: ignore[arg-type]
    check_lines(order, by_id, Change(pieces=pieces))
    _check_books(order, settings)
    kept = [item for item in items if pieces[item.pk]]
    if not kept and not added:
        raise OrderNotEditable(order.order_number, "Nothing would be left of it: cancel it instead.")

    bought_for = order.company if order.company_id else None
    terms = terms_for(order.customer_id, variants.values(), settings, company=bought_for)
    moved = {item.variant_id: pieces[item.pk] for item in kept if item.variant_id and pieces[item.pk] != item.quantity}
    check_quantities({**moved, **added}, variants, terms)
    old = [
        Wanted(
            variant=variants[item.variant_id],
            quantity=pieces[item.pk],
            unit_price=quantize(item.unit_price, order.currency),
        )
        for item in kept
        if item.variant_id
    ]
    new = [want(variants[variant_id], more, terms) for variant_id, more in added.items()]
    delivery = _delivery(change, usual, settings, shipping, [*old, *new])
    place = (shipping["country"], shipping["state_province"])
    taxes = taxes_at(settings, delivery, *place, bought_for, postal_code=shipping.get("postal_code", ""))
    if (taxes.reversed_from is not None) != order.reverse_charge or taxes.included != order.tax_included:
        raise OrderNotEditable(order.order_number, "Its taxes would be of another kind. Cancel it, and take a new one.")
    lines = [*old, *net_prices(new, taxes, order.currency)]
    _check_minimum(items, variants, lines, taxes, terms, order.currency)
    if delivery is not usual:
        delivery = net_delivery(delivery, taxes, order.currency)
    savings = combine(
        _still_held(uses),
        [line.goods for line in lines],
        currency=order.currency,
        at=at,
        shipping=delivery.amount,
        barred={},
        coupon_code=next((use.discount.code for use in uses if use.discount.code), None),
    )
    pricing = price_order(lines, discount=savings, shipping=delivery.amount, taxes=taxes, currency=order.currency)
    return Edited(
        shipping_address=shipping,
        billing_address=billing,
        delivery=delivery,
        kept=kept,
        pieces=pieces,
        added=added,
        savings=savings,
        pricing=pricing,
    )


def delivery_now(order: Order, uses: Sequence[DiscountRedemption]) -> ShippingOption:
    """The order's own delivery, at what it costs without a discount."""
    spared = next((use.shipping_amount for use in uses if use.shipping_amount), Decimal(0))
    return ShippingOption(
        code=str(order.metadata.get("shipping_code", "")),
        name=order.shipping_method or "",
        amount=order.shipping_amount or spared,
        note="",
        is_pickup=order.is_pickup,
        days=days_of(order),
    )


def _addresses(order: Order, change: Change, settings: ShopSettings) -> tuple[dict[str, str], dict[str, str]]:
    comes = order.is_pickup
    if change.own_delivery is not None:
        comes = False
    elif change.delivery_code is not None:
        comes = change.delivery_code in pickup_codes(settings)
    shipping: Mapping[str, Any] = order.shipping_address
    if change.shipping_address is not None or comes != order.is_pickup:
        given = change.shipping_address or order.shipping_address
        shipping = clean_recipient(given, country=settings.country) if comes else clean_address(given, kind="shipping")
    billing: Mapping[str, Any] = order.billing_address
    if change.billing_address is not None:
        billing = clean_address(change.billing_address, kind="billing")
    return {**shipping}, {**billing}


def _check_books(order: Order, settings: ShopSettings) -> None:
    if order.currency != settings.currency:
        raise OrderNotEditable(order.order_number, f"The shop does not sell in {order.currency} any more.")


def _check_minimum(
    items: Sequence[OrderItem],
    variants: Mapping[UUID, ProductVariant],
    lines: Sequence[Wanted],
    taxes: LocalTaxes,
    terms: Terms,
    currency: str,
) -> None:
    """An order that has less in it must still be as much as one of its buyer's group has to be. Errors:
    BelowMinimumOrder."""

    def shown(price: Decimal, variant: ProductVariant) -> Decimal:
        """As the minimum is written: with the tax in the shop's prices that who owes it instead does not pay."""
        before = taxes.reversed_from
        if before is None or not before.included:
            return price
        return replace(before.on_goods(variant.product.tax_class), included=False).gross(price, currency)

    goods = sum((shown(line.unit_price, line.variant) * line.quantity for line in lines), Decimal(0))
    known = ((item, variants[item.variant_id]) for item in items if item.variant_id)
    before = sum((shown(item.unit_price, variant) * item.quantity for item, variant in known), Decimal(0))
    if goods < before:
        check_minimum_order(goods, terms)


def _delivery(
    change: Change, usual: ShippingOption, settings: ShopSettings, address: Mapping[str, str], lines: Sequence[Wanted]
) -> ShippingOption:
    if change.own_delivery is not None:
        return change.own_delivery
    if change.delivery_code is None:
        return usual
    for option in deliveries(settings, address, lines):
        if option.code == change.delivery_code:
            return option
    raise ShippingUnavailable(change.delivery_code, address["country"])


def deliveries(settings: ShopSettings, address: Mapping[str, str], lines: Sequence[Wanted]) -> list[ShippingOption]:
    """The shop's ways to deliver these lines."""
    return offers(
        settings,
        subtotal=sum((line.total for line in lines), Decimal(0)),
        weight_grams=weight_grams(lines),
        country=address.get("country"),
        state=address.get("state_province", ""),
    )


def _still_held(uses: Sequence[DiscountRedemption]) -> list[DiscountCode]:
    """The discounts as they held for the order: its own use does not count against it, and their time does not end."""
    held = []
    for use in uses:
        discount = use.discount
        discount.is_active, discount.starts_at, discount.ends_at = True, None, None
        discount.usage_count = max(discount.usage_count - 1, 0)
        held.append(discount)
    return sorted(held, key=lambda discount: (discount.code is None, discount.created_at, discount.pk))
