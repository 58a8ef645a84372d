"""Turning a cart into an order: the heart of the shop."""

import logging
from collections.abc import Mapping
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
from tenant_shop.integrations.record import record_event
from tenant_shop.inventory.lock import lock_variants
from tenant_shop.inventory.shortage import summed_demand
from tenant_shop.inventory.take import check_stock, take_stock
from tenant_shop.loyalty.spending import Purse
from tenant_shop.loyalty.take import take_points
from tenant_shop.orders.address import check_key
from tenant_shop.orders.approval import Approval, use_approval
from tenant_shop.orders.buyer import Buyer, tidy_buyer
from tenant_shop.orders.chosen import Chosen, delivery_of, method_of, spend_points
from tenant_shop.orders.confirmation import request_confirmation
from tenant_shop.orders.destination import taxes_at
from tenant_shop.orders.errors import (
    CartEmpty,
    CartGone,
    CurrencyChanged,
    IdempotencyConflict,
    TermsNotAgreed,
    TotalChanged,
)
from tenant_shop.orders.for_company import (
    CompanyOrder,
    check_company_order,
    company_order_of,
    net_delivery,
    net_prices,
)
from tenant_shop.orders.insert import ACTOR, insert_items, insert_order
from tenant_shop.orders.lock import lock_customer
from tenant_shop.orders.models import Order
from tenant_shop.orders.number import assign_number
from tenant_shop.orders.pricing import price_order, want, weight_grams
from tenant_shop.orders.snapshot import items_snapshot, order_snapshot
from tenant_shop.payments.models import Payment
from tenant_shop.pricing.check import check_minimum_order, check_quantities
from tenant_shop.promotions.combine import combine
from tenant_shop.promotions.find import running_discounts
from tenant_shop.promotions.limits import Shopper, barred
from tenant_shop.promotions.redeem import lock_limited, redeem
from tenant_shop.quotes.deal import check_acceptable, deal_of, note_acceptance

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
    purchase_number: str = "",
    approval: Approval | None = None,
    quote_revision: int | None = None,
) -> Order:
    """Order what is in the cart, in one transaction; the same cart or key again returns the same order.

    `expected_total` is what the shopper saw, in `expected_currency` (ISO 4217), without one in the shop's. Mails about
    the order are written in `language` (BCP 47), without one in the shop's own. Addresses have the fields of
    `clean_address`; what is picked up needs a name only. `points` are those that the customer wants to spend: exactly
    as many, or none. `agreed_to` is the sentence about terms that was ticked; the order keeps it. A customer who buys
    for a company (docs/companies.md) may give its `purchase_number`; with `approval` a cart is ordered that was frozen
    until somebody approves of it.
    Rows are locked in this order, here and wherever orders change: order, customer, cart, company, discounts with
    limits, variants, the cart's offer, products, counts of other discounts, number counter. A new order is nobody
    else's yet. Its customer, where there is one, is locked so that nobody who is being erased orders in the last
    moment, and no points are spent twice; its company when it pays later, so that no credit is used twice.
    At most 25 statements, however many lines and discounts; one more with `approval`.
    A code that does not hold any more is left out when `expected_total` is the total without it, and refused otherwise.
    After commit: a confirmation is mailed.
    What it costs is decided by whose cart it is: prices and quantities are those of the owner's group, or those of the
    offer that the cart stands for, which is accepted by the order. `quote_revision` is the offer as it was seen.
    Errors, with nothing changed: InvalidContact, InvalidAddress, CartGone (also for a customer who is none any more),
        CartEmpty, OutOfStock, QuantityNotAllowed, BelowMinimumOrder, CouponRefused, PointsRefused,
        ShippingUnavailable, PaymentMethodUnavailable, CurrencyChanged, TermsNotAgreed, TotalChanged,
        IdempotencyConflict (the key ordered another cart); for companies PurchaseNumberMissing, PurchaseNumberInvalid,
        ApprovalNeeded, CreditExceeded, and with `approval` RequestDecided, BuyerGone; for offers QuoteNotOpen,
        QuoteChanged; ShopBusy when a row was locked elsewhere for too long.
    """
    check_key(idempotency_key)
    for attempt in range(1, DEADLOCK_ATTEMPTS + 1):
        try:
            with shopper_transaction(durable=True):
                balance = lock_customer(customer_id) if customer_id else None
                purse = Purse(balance=balance, wanted=points) if points else None
                cart = lock_cart(cart_id)
                replayed = _already_placed(cart_id, idempotency_key)
                if replayed is not None:
                    return replayed
                if cart is None or not _can_be_ordered(cart, approval) or (customer_id and balance is None):
                    raise CartGone(cart_id)
                settings = shop_settings()
                if settings.terms_need_tick and not agreed_to:
                    raise TermsNotAgreed
                if expected_currency and expected_currency != settings.currency:
                    raise CurrencyChanged(expected_currency, settings.currency)
                buyer = tidy_buyer(
                    settings,
                    email=email,
                    phone=phone,
                    notes=notes,
                    shipping_address=shipping_address,
                    billing_address=billing_address,
                    shipping_code=shipping_code,
                    customer_id=customer_id,
                    language=language,
                    agreed_to=agreed_to,
                )
                bought_for = company_order_of(
                    customer_id,
                    settings,
                    payment_method=payment_method,
                    purchase_number=purchase_number,
                    approval=approval,
                )
                chosen = Chosen(
                    shipping_code=shipping_code,
                    payment_method=payment_method,
                    purse=purse,
                    quote_revision=quote_revision,
                )
                return _place(cart, settings, idempotency_key, buyer, bought_for, chosen, expected_total)
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


def _can_be_ordered(cart: ShoppingCart, approval: Approval | None) -> bool:
    """A frozen cart by its approval only, and nothing else by one."""
    if approval is None:
        return is_usable(cart)
    return cart.is_open and cart.frozen_at is not None


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
    bought_for: CompanyOrder | None,
    chosen: Chosen,
    expected_total: Decimal,
) -> Order:
    now = timezone.now()
    currency = settings.currency
    lines = CartItem.objects.filter(cart=cart).values_list("variant_id", "quantity").order_by("created_at", "id")
    demand = summed_demand(lines)
    if not demand:
        raise CartEmpty(cart.pk)
    discounts = lock_limited(running_discounts(cart.coupon_code, now)) if cart.quote_id is None else []
    variants = lock_variants(demand)
    check_stock(demand, variants)
    company = bought_for.company if bought_for else None
    owners = company if cart.customer_id == buyer.customer_id else None
    deal = deal_of(cart, variants.values(), settings, company=owners, lock=True)
    check_acceptable(
        deal, demand, customer_id=buyer.customer_id, revision=chosen.quote_revision, currency=settings.currency
    )
    check_quantities(demand, variants, deal.terms)
    wanted = [want(variants[variant_id], quantity, deal.terms) for variant_id, quantity in demand.items()]
    goods_total = sum((line.total for line in wanted), Decimal(0))
    check_minimum_order(goods_total, deal.terms)

    delivery = delivery_of(
        settings,
        deal,
        chosen,
        buyer.shipping_address,
        goods_total=goods_total,
        weight=weight_grams(wanted),
    )
    method = method_of(settings, chosen, company)
    shopper = Shopper(email=buyer.email, customer_id=buyer.customer_id)
    address = buyer.shipping_address
    taxes = taxes_at(settings, delivery, address["country"], address["state_province"], company)
    wanted, delivery = net_prices(wanted, taxes, currency), net_delivery(delivery, taxes, currency)
    savings = combine(
        discounts,
        [line.goods for line in wanted],
        currency=currency,
        at=now,
        shipping=delivery.amount,
        barred=barred(discounts, shopper),
        coupon_code=cart.coupon_code,
    )
    spending = spend_points(settings, chosen.purse, wanted, savings) if chosen.purse else None
    pricing = price_order(
        wanted, discount=savings, spending=spending, shipping=delivery.amount, taxes=taxes, currency=currency
    )
    if pricing.total != expected_total:
        raise savings.refusal or TotalChanged(expected_total, pricing.total, currency)
    if bought_for is not None:
        check_company_order(bought_for, pricing.total, currency, method)

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
        bought_for=bought_for,
    )
    if bought_for is not None and bought_for.approval is not None:
        use_approval(bought_for.approval, order)
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
    note_acceptance(deal, order, actor=f"customer {buyer.customer_id}" if buyer.customer_id else "guest")
    order.order_number = assign_number(order.pk)
    record_event("order.placed", {**order_snapshot(order), "items": items_snapshot(items)})
    request_confirmation(order)
    return order
