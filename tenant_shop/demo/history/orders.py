"""Making up the orders of the past, and writing them with all that hangs on them.

The rows are made in memory by the rooms' own rules (prices, discounts, tax, payment status) and inserted in bulk; what
triggers keep, the customers' totals and the stock, they keep here too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random

from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.demo.customers import Shopper
from tenant_shop.demo.history import rows
from tenant_shop.demo.history.baskets import Coupons, Shelf
from tenant_shop.demo.history.course import Course, course_of
from tenant_shop.demo.history.moments import id_at, order_moments
from tenant_shop.demo.history.numbers import Numbers
from tenant_shop.demo.history.stock import Movement
from tenant_shop.demo.shops import Trade
from tenant_shop.orders.history import OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.pricing import Wanted, price_order, weight_grams
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.models import Payment, PaymentEntry
from tenant_shop.payments.status import payment_status
from tenant_shop.promotions.models import DiscountRedemption, OrderItemDiscount
from tenant_shop.shipping.rates import ShippingOption, offers
from tenant_shop.taxes.rates import local_taxes

# Most people take the first way to deliver that is offered.
SECOND_CHOICE_SHARE = 0.18


@dataclass(frozen=True, kw_only=True)
class Trading:
    """A shop as it traded up to `now`; `staff` is the id of the user who handled its orders."""

    trade: Trade
    settings: ShopSettings
    shelf: Shelf
    coupons: Coupons
    numbers: Numbers
    now: datetime
    staff: str
    random: Random

    def way_to_pay(self) -> str:
        return "cash_on_delivery" if self.random.random() < self.trade.cash_on_delivery else "bank_transfer"

    def delivery(self, basket: Sequence[Wanted], country: str) -> ShippingOption:
        """One of the ways to deliver that the shop offers for the basket."""
        found = offers(
            self.settings,
            subtotal=sum((line.total for line in basket), Decimal(0)),
            weight_grams=weight_grams(basket),
            country=country,
        )
        options = [option for option in found if not option.is_pickup]
        return options[1] if len(options) > 1 and self.random.random() < SECOND_CHOICE_SHARE else options[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastOrder:
    """An order as it will be written, with its rows."""

    order: Order
    course: Course
    items: Sequence[OrderItem]
    payment: Payment
    entries: Sequence[PaymentEntry]
    redemption: DiscountRedemption | None
    shares: Sequence[OrderItemDiscount]
    movements: Sequence[Movement]


def make_orders(trading: Trading, customers: Sequence[Shopper], guests: Sequence[Shopper]) -> list[PastOrder]:
    """Make up the orders of the last ninety days, oldest first; nothing is written."""
    strangers = iter(guests)
    return [
        _past_order(trading, _shopper(trading, customers, strangers, at), at)
        for at in order_moments(trading.trade, now=trading.now, zone=trading.settings.zone, random=trading.random)
    ]


def write_orders(orders: Sequence[PastOrder], *, carrier: str, staff: str) -> None:
    """Write the orders with their lines, history, parcels, payments and redemptions. Eight statements."""
    for past in orders:
        past.order.shipping_carrier = carrier if past.order.shipped_at else None
    Order.objects.bulk_create(past.order for past in orders)
    OrderItem.objects.bulk_create(item for past in orders for item in past.items)
    OrderStatusHistory.objects.bulk_create(row for past in orders for row in rows.history_rows(past.order, past.course))
    Shipment.objects.bulk_create(
        rows.shipment_row(past.order, past.items, carrier=carrier, staff=staff)
        for past in orders
        if past.order.shipped_at is not None
    )
    Payment.objects.bulk_create(past.payment for past in orders)
    PaymentEntry.objects.bulk_create(entry for past in orders for entry in past.entries)
    DiscountRedemption.objects.bulk_create(past.redemption for past in orders if past.redemption)
    OrderItemDiscount.objects.bulk_create(share for past in orders for share in past.shares)


def _shopper(trading: Trading, customers: Sequence[Shopper], guests: Iterator[Shopper], at: datetime) -> Shopper:
    known = [shopper for shopper in customers if shopper.since < at]
    stranger = next(guests, None) if not known or trading.random.random() < trading.trade.guests else None
    if stranger is not None or not known:
        return stranger or customers[0]
    # Some come back often: the first names on the list.
    return known[min(int(trading.random.expovariate(2.4) * len(known)), len(known) - 1)]


def _past_order(trading: Trading, shopper: Shopper, at: datetime) -> PastOrder:
    settings, random, country = trading.settings, trading.random, shopper.address["country"]
    basket = trading.shelf.basket(at=at, now=trading.now, random=random)
    used = trading.coupons.try_one(basket, email=shopper.email, at=at, random=random)
    code, discount = used or (None, None)
    delivery = trading.delivery(basket, country)
    method = trading.way_to_pay()
    taxes = local_taxes(settings, country, shopper.address.get("state_province", ""))
    pricing = price_order(basket, discount=discount, shipping=delivery.amount, taxes=taxes, currency=settings.currency)
    course = course_of(
        placed_at=at,
        now=trading.now,
        method=method,
        total=pricing.total,
        currency=settings.currency,
        may_come_back=trading.shelf.may_come_back(basket),
        is_abroad=country != settings.country,
        staff=trading.staff,
        random=random,
    )
    order = rows.order_row(
        shopper,
        pricing,
        course,
        order_id=id_at(at),
        number=trading.numbers.take(at),
        delivery=delivery,
        method=method,
        code=code,
        random=random,
    )
    payment = rows.payment_row(order)
    entries = rows.entry_rows(payment, course, trading.staff)
    order.payment_status = payment_status(pricing.total, entries)
    items = rows.item_rows(order, pricing, course)
    redemption = None
    if code is not None:
        redemption = rows.redemption_row(order, code, delivery)
        if order.cancelled_at is not None:
            trading.coupons.give_back(code, shopper.email)
    return PastOrder(
        order=order,
        course=course,
        items=items,
        payment=payment,
        entries=entries,
        redemption=redemption,
        shares=list(rows.share_rows(items, redemption)) if redemption else [],
        movements=list(rows.movements(order, basket, course)),
    )
