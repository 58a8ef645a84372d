"""Turning a cart into an order: the heart of the shop."""

import logging
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError
from django.db.models import Q
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.lines import is_usable, lock_cart
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.record import record_event
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.shortage import summed_demand
from tenant_shop.inventory.take import check_stock, take_stock
from tenant_shop.loyalty.rules import loyalty_rules
from tenant_shop.loyalty.spending import Purse, Spending, spend
from tenant_shop.loyalty.take import take_points
from tenant_shop.orders.address import check_key, clean_address, clean_contact, clean_recipient
from tenant_shop.orders.confirmation import request_confirmation
from tenant_shop.orders.destination import taxes_at
from tenant_shop.orders.errors import (
    CartEmpty,
    CartGone,
    CurrencyChanged,
    IdempotencyConflict,
    PaymentMethodUnavailable,
    ShippingUnavailable,
    TermsNotAgreed,
    TotalChanged,
)
from tenant_shop.orders.insert import ACTOR, Buyer, insert_items, insert_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.number import assign_number
from tenant_shop.orders.pricing import Wanted, price_order, want, weight_grams
from tenant_shop.orders.snapshot import items_snapshot, order_snapshot
from tenant_shop.payments.methods import PaymentMethod, offered
from tenant_shop.payments.models import Payment
from tenant_shop.pricing.check import check_minimum_order, check_quantities
from tenant_shop.pricing.terms import terms_for
from tenant_shop.promotions.combine import Savings, combine
from tenant_shop.promotions.find import running_discounts
from tenant_shop.promotions.limits import Shopper, barred
from tenant_shop.promotions.redeem import lock_limited, redeem
from tenant_shop.shipping.rates import ShippingOption, offers, pickup_codes

logger = logging.getLogger(__name__)

# Orders never wait for each other in a circle. With somebody who edits a product and then its variants in one
# transaction they may, and when PostgreSQL breaks the circle nothing has happened yet.
DEADLOCK_ATTEMPTS = 3


def place_order(
    *,
    cart_id: UUID,
    idempotency_key: str,
    email: str,
    phone: str | None,
    shipping_address: Mapping[str, Any],
    billing_address: Mapping[str, Any],
    shipping_code: str,
    payment_method: str,
    expected_total: Decimal,
    expected_currency: str = "",
    notes: str = "",
    customer_id: UUID | None = None,
    language: str = "",
    agreed_to: str = "",
    points: int = 0,
) -> Order:
    """Order what is in the cart, in one transaction; the same cart or key again returns the same order.

    `expected_total` is what the shopper saw, in `expected_currency` (ISO 4217), without one in the shop's. Mails about
    the order are written in `language` (BCP 47), without one in the shop's own. Addresses have the fields of
    `clean_address`; what is picked up needs a name only. `points` are those that the customer wants to spend: exactly
    as many, or none. `agreed_to` is the sentence about terms that was ticked; the order keeps it.
    Rows are locked in this order, here and wherever orders change: order, customer, cart, discounts with limits,
    variants, products, counts of other discounts, number counter. A new order is nobody else's yet. Its customer, where
    there is one, is locked so that nobody who is being erased orders in the last moment, and no points are spent twice.
    At most 25 statements, however many lines and discounts.
    A code that does not hold any more is left out when `expected_total` is the total without it, and refused otherwise.
    After commit: a confirmation is mailed.
    What it costs is decided by whose cart it is: prices and quantities are those of the owner's group.
    Errors, with nothing changed: InvalidContact, InvalidAddress, CartGone (also for a customer who is none any more),
        CartEmpty, OutOfStock, QuantityNotAllowed, BelowMinimumOrder, CouponRefused, PointsRefused,
        ShippingUnavailable, PaymentMethodUnavailable, CurrencyChanged, TermsNotAgreed, TotalChanged,
        IdempotencyConflict (the key ordered another cart); ShopBusy when a row was locked elsewhere for too long.
    """
    check_key(idempotency_key)
    for attempt in range(1, DEADLOCK_ATTEMPTS + 1):
        try:
            with shopper_transaction(durable=True):
                balance = _lock_customer(customer_id) if customer_id else None
                purse = Purse(balance=balance, wanted=points) if points else None
                cart = lock_cart(cart_id)
                replayed = _already_placed(cart_id, idempotency_key)
                if replayed is not None:
                    return replayed
                if cart is None or not is_usable(cart) or (customer_id and balance is None):
                    raise CartGone(cart_id)
                settings = shop_settings()
                if settings.terms_need_tick and not agreed_to:
                    raise TermsNotAgreed
                if expected_currency and expected_currency != settings.currency:
                    raise CurrencyChanged(expected_currency, settings.currency)
                comes = shipping_code in pickup_codes(settings)
                buyer = Buyer(
                    **clean_contact(email=email, phone=phone, notes=notes),
                    shipping_address=clean_recipient(shipping_address, country=settings.country)
                    if comes
                    else clean_address(shipping_address, kind="shipping"),
                    billing_address=clean_recipient(billing_address, country=settings.country)
                    if comes and not billing_address.get("address_line_1")
                    else clean_address(billing_address, kind="billing"),
                    customer_id=customer_id,
                    language=language,
                    agreed_to=agreed_to,
                )
                chosen = (shipping_code, payment_method)
                return _place(cart, settings, idempotency_key, buyer, chosen, expected_total, purse)
        except IntegrityError as error:
            if "orders_idempotency_key" in str(error):
                # Two carts with one key at the same moment: the other one was first.
                raise IdempotencyConflict(idempotency_key) from error
            raise
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == DEADLOCK_ATTEMPTS:
                raise
            logger.warning("cart %s met a deadlock and is ordered again", cart_id)
    raise AssertionError("the last attempt returns or raises")


def _lock_customer(customer_id: UUID) -> int | None:
    """The customer's points; None for who is none any more: an erasure that is under way is waited for."""
    customers = Customer.objects.select_for_update(no_key=True).filter(pk=customer_id, status=Customer.Status.ACTIVE)
    return customers.values_list("loyalty_points", flat=True).first()


def _already_placed(cart_id: UUID, idempotency_key: str) -> Order | None:
    """The order of this cart or key. Read under the cart's lock, so that the second of two clicks finds the first's."""
    orders = Order.objects.filter(Q(cart_id=cart_id) | Q(idempotency_key=idempotency_key))
    for order in orders:
        if order.cart_id == cart_id:
            return order
    if orders:
        raise IdempotencyConflict(idempotency_key)
    return None


def _place(
    cart: ShoppingCart,
    settings: ShopSettings,
    idempotency_key: str,
    buyer: Buyer,
    chosen: tuple[str, str],
    expected_total: Decimal,
    purse: Purse | None,
) -> Order:
    """`chosen` are the codes of the delivery and of the way to pay."""
    now = timezone.now()
    currency = settings.currency
    lines = CartItem.objects.filter(cart=cart).values_list("variant_id", "quantity").order_by("created_at", "id")
    demand = summed_demand(lines)
    if not demand:
        raise CartEmpty(cart.pk)
    discounts = lock_limited(running_discounts(cart.coupon_code, now))
    variants = lock_variants(demand)
    check_stock(demand, variants)
    terms = terms_for(cart.customer_id, variants.values(), settings)
    check_quantities(demand, variants, terms)
    wanted = [want(variants[variant_id], quantity, terms) for variant_id, quantity in demand.items()]
    goods_total = sum((line.total for line in wanted), Decimal(0))
    check_minimum_order(goods_total, terms)

    delivery = _delivery(
        settings,
        chosen[0],
        buyer.shipping_address,
        goods_total=goods_total,
        weight=weight_grams(wanted),
    )
    method = _method(settings, chosen[1])
    shopper = Shopper(email=buyer.email, customer_id=buyer.customer_id)
    savings = combine(
        discounts,
        [line.goods for line in wanted],
        currency=currency,
        at=now,
        shipping=delivery.amount,
        barred=barred(discounts, shopper),
        coupon_code=cart.coupon_code,
    )
    taxes = taxes_at(settings, delivery, buyer.shipping_address["country"], buyer.shipping_address["state_province"])
    spending = _spend(settings, purse, wanted, savings) if purse else None
    pricing = price_order(
        wanted, discount=savings, spending=spending, shipping=delivery.amount, taxes=taxes, currency=currency
    )
    if pricing.total != expected_total:
        raise savings.refusal or TotalChanged(expected_total, pricing.total, currency)

    order = insert_order(
        buyer,
        pricing,
        delivery=delivery,
        method=method,
        cart_id=cart.pk,
        idempotency_key=idempotency_key,
        savings=savings,
        at=now,
        zone=settings.zone,
    )
    items = insert_items(order, pricing)
    if spending and buyer.customer_id:
        take_points(buyer.customer_id, order, spending, actor=ACTOR)
    take_stock(demand, variants, order_id=order.pk)
    if pricing.total:
        Payment.objects.create(
            order=order, gateway=method.gateway, method=method.code, amount=pricing.total, currency=currency
        )
    ShoppingCart.objects.filter(pk=cart.pk).update(completed_at=now, discount_amount=pricing.discount)
    redeem(savings, items, order_id=order.pk, shopper=shopper, shipping=delivery.amount)
    order.order_number = assign_number(order.pk)
    record_event("order.placed", {**order_snapshot(order), "items": items_snapshot(items)})
    request_confirmation(order)
    return order


def _spend(settings: ShopSettings, purse: Purse, wanted: Sequence[Wanted], savings: Savings) -> Spending:
    costs = [line.total - part for line, part in zip(wanted, savings.parts, strict=True)]
    rules = loyalty_rules(settings.loyalty).spending
    return spend(rules, purse, costs=costs, is_discounted=bool(savings.given), currency=settings.currency)


def _delivery(
    settings: ShopSettings, shipping_code: str, address: Mapping[str, str], *, goods_total: Decimal, weight: Decimal
) -> ShippingOption:
    options = offers(
        settings,
        subtotal=goods_total,
        weight_grams=weight,
        country=address["country"],
        state=address["state_province"],
    )
    for option in options:
        if option.code == shipping_code:
            return option
    raise ShippingUnavailable(shipping_code, address["country"])


def _method(settings: ShopSettings, code: str) -> PaymentMethod:
    for method in offered(settings):
        if method.code == code:
            return method
    raise PaymentMethodUnavailable(code)
