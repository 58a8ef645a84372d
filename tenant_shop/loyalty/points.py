"""How many points an order is worth, and how many of them a refund takes back. Pure."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from uuid import UUID

from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.payments.refund_amounts import shipping_price
from tenant_shop.payments.status import Balance

# What the columns hold.
MOST = 2**31 - 1


def goods_price(order: Order) -> Decimal:
    """What the goods cost after discounts, without delivery and without any tax, in the order's currency."""
    price = order.subtotal_amount - order.discount_amount
    if order.tax_included:
        price -= order.tax_amount - Decimal(str(order.metadata.get("shipping_tax", "0")))
    return max(price, Decimal(0))


def points_for(order: Order, *, points_per_unit: Decimal, multiplier: Decimal) -> int:
    """The points that an order is worth. Rounding: down, to whole points, of the whole order."""
    points = goods_price(order) * points_per_unit * multiplier
    return min(int(points.to_integral_value(rounding=ROUND_DOWN)), MOST)


def points_to_take_back(earned: int, order: Order, money: Balance, *, delivery_refunded: Decimal) -> int:
    """How many of the `earned` points all refunds of an order take back together.

    In proportion to what the goods cost with their tax: what was given back for delivery (`delivery_refunded`) or of
    money beyond the order's price takes nothing. All goods given back take all that was earned, never more.
    Rounding: down, in the customer's favour.
    """
    price, returned = _goods_returned(order, money, delivery_refunded)
    if returned >= price:
        return earned if returned else 0
    return int((earned * returned / price).to_integral_value(rounding=ROUND_DOWN))


def points_to_give_back(
    order: Order, items: Iterable[OrderItem], pieces: Mapping[UUID, int], *, money: Balance, delivery_refunded: Decimal
) -> int:
    """How many of the points that an order spent its customer gets back together, for `pieces` by line that came back.

    In proportion to what points took off them; all of them once all of these came back, or once all the money that
    the goods cost has been given back, in whatever way. An amount that is less gives none back.
    Rounding: down, of all that came back together.
    """
    price, returned = _goods_returned(order, money, delivery_refunded)
    if price and returned >= price:
        return order.points_spent
    came_back = Fraction(0)
    for item in items:
        share = Fraction(min(pieces.get(item.pk, 0), item.quantity), item.quantity)
        came_back += Fraction(item.points_amount) * share
    return int(order.points_spent * came_back / Fraction(order.points_amount))


def _goods_returned(order: Order, money: Balance, delivery_refunded: Decimal) -> tuple[Decimal, Decimal]:
    """What the goods cost with their tax, and how much of it was given back."""
    price = order.total_amount - shipping_price(order)
    beyond = max(money.captured - order.total_amount, Decimal(0))
    return price, max(money.refunded - beyond - delivery_refunded, Decimal(0))
