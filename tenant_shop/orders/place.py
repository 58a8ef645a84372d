"""Turning a cart into an order: the heart of the shop."""

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.lines import is_usable, lock_cart
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.inventory.errors import GoodsChanged
from tenant_shop.inventory.lock import lock_as_read
from tenant_shop.inventory.take import check_stock, take_stock
from tenant_shop.loyalty.spending import Purse
from tenant_shop.loyalty.take import take_points
from tenant_shop.orders.address import check_key
from tenant_shop.orders.again import already_placed, check_same
from tenant_shop.orders.announce import announce_order
from tenant_shop.orders.approval import Approval, use_approval
from tenant_shop.orders.buyer import Buyer, tidy_buyer
from tenant_shop.orders.by_hand import ByHand, keep_discount
from tenant_shop.orders.chosen import Chosen
from tenant_shop.orders.errors import (
    CartGone,
    CurrencyChanged,
    IdempotencyConflict,
    TermsNotAgreed,
)
from tenant_shop.orders.for_company import (
    CompanyOrder,
    company_order_of,
)
from tenant_shop.orders.insert import ACTOR, insert_items, insert_order
from tenant_shop.orders.lock import lock_customer
from tenant_shop.orders.models import Order
from tenant_shop.orders.number import assign_number
from tenant_shop.orders.reckon import reckon
from tenant_shop.orders.terms import check_terms
from tenant_shop.payments.mark_paid import enter_by_hand
from tenant_shop.payments.models import Payment
from tenant_shop.promotions.redeem import count_uses, redeem
from tenant_shop.quotes.deal import note_acceptance

logger = logging.getLogger(__name__)

# Orders never wait for each other in a circle. With somebody who edits a product and then its variants in one
# transaction they may, and when PostgreSQL breaks the circle nothing has happened yet; no more has it when goods were
# edited after they were priced.
ATTEMPTS = 3


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
    terms_version: str | None = None,
    points: int = 0,
    purchase_number: str = "",
    approval: Approval | None = None,
    quote_revision: int | None = None,
    by_hand: ByHand | None = None,
    settings: ShopSettings | None = None,
) -> Order:
    """Order what is in the cart, in one transaction; the same cart or key again returns the same order, to the same
    answers.

    `expected_total` is what the shopper saw, in `expected_currency` (ISO 4217), without one in the shop's. Mails about
    the order are written in `language` (BCP 47), without one in the shop's own. Addresses have the fields of
    `clean_address`; what is picked up needs a name only. `points` are those that the customer wants to spend: exactly
    as many, or none. `agreed_to` is the sentence about terms that was ticked, and `terms_version` the digest of
    the pages that were shown with it, without one today's (by hand none: nobody saw any); it keeps both. Who buys
    for a company (docs/companies.md) may give its `purchase_number`; with `approval` a cart is ordered that was frozen
    until somebody approves of it.
    Rows are locked in this order, here and wherever orders change: order, customer, cart, company, discounts with
    limits, the cart's offer, variants, products, counts of other discounts, number counter. A new order is nobody
    else's yet. Its customer, where there is one, is locked so that nobody who is being erased orders in the last
    moment, and no points are spent twice; its company when it pays later, so that no credit is used twice.
    At most 25 statements, however many lines and discounts.
    A code that does not hold any more is left out when `expected_total` is the total without it, and refused otherwise;
    so is any discount that the typed `email` has used (`charge_for`).
    After commit: a confirmation is mailed.
    What it costs is decided by whose cart it is: prices and quantities are those of the owner's group, or those of the
    offer that the cart stands for, which is accepted by the order. `quote_revision` is the offer as it was seen.
    With `by_hand` somebody of the shop orders for the customer, of a cart that is nobody's (`take_order`).
    `settings` are the shop's as the caller's request has read them; without them they are read.
    Errors, with nothing changed: InvalidContact, InvalidAddress, CartGone (also for a customer who is none any more),
        CartEmpty, OutOfStock, QuantityNotAllowed, BelowMinimumOrder, CouponRefused, PointsRefused,
        ShippingUnavailable, PaymentMethodUnavailable, CurrencyChanged, TermsNotAgreed, TermsChanged, TotalChanged,
        IdempotencyConflict (the key ordered another cart), OrderedAlready (with other answers); for companies
        PurchaseNumberMissing, PurchaseNumberInvalid, ApprovalNeeded, CreditExceeded, and with `approval`
        RequestDecided, BuyerGone; for offers QuoteNotOpen, QuoteChanged; ShopBusy when a row was locked elsewhere for
        too long, or goods were edited three times in a row while they were ordered.
    """
    check_key(idempotency_key)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with shopper_transaction(durable=True):
                balance = lock_customer(customer_id) if customer_id else None
                purse = Purse(balance=balance, wanted=points) if points else None
                cart = lock_cart(cart_id)
                replayed = already_placed(cart_id, idempotency_key)
                if replayed is not None:
                    if approval is None:
                        check_same(
                            replayed,
                            email=email,
                            phone=phone,
                            notes=notes,
                            shipping_address=shipping_address,
                            billing_address=billing_address,
                            shipping_code=shipping_code,
                            payment_method=payment_method,
                            purchase_number=purchase_number,
                            points=points,
                        )
                    return replayed
                if cart is None or not _can_be_ordered(cart, approval) or (customer_id and balance is None):
                    raise CartGone(cart_id)
                settings = settings or shop_settings()
                if settings.terms_need_tick and not agreed_to and by_hand is None:
                    raise TermsNotAgreed
                if expected_currency and expected_currency != settings.currency:
                    raise CurrencyChanged(expected_currency, settings.currency)
                if approval is None:
                    terms_version = check_terms(settings, terms_version) if by_hand is None else ""
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
                    terms_version=terms_version or "",
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
                    by_hand=by_hand,
                )
                if by_hand is not None:
                    cart.customer_id = customer_id  # on whose terms it is; their own open cart stays theirs
                return _place(cart, settings, idempotency_key, buyer, bought_for, chosen, expected_total)
        except IntegrityError as error:
            if "orders_idempotency_key" in str(error):
                # Two carts with one key at the same moment: the other one was first.
                raise IdempotencyConflict(idempotency_key) from error
            raise
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected) or attempt == ATTEMPTS:
                raise
            logger.warning("cart %s met a deadlock and is ordered again", cart_id)
        except GoodsChanged:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("the last attempt returns or raises")


def _can_be_ordered(cart: ShoppingCart, approval: Approval | None) -> bool:
    """A frozen cart by its approval only, and nothing else by one."""
    if approval is None:
        return is_usable(cart)
    return cart.is_open and cart.frozen_at is not None


def _place(
    cart: ShoppingCart,
    settings: ShopSettings,
    idempotency_key: str,
    buyer: Buyer,
    bought_for: CompanyOrder | None,
    chosen: Chosen,
    expected_total: Decimal,
) -> Order:
    """Goods are locked as late as can be: whoever wants the same ones waits from there on until the commit."""
    now = timezone.now()
    by_hand = chosen.by_hand
    found = reckon(cart, settings, buyer, bought_for, chosen, expected_total=expected_total, at=now)
    savings, pricing, spending = found.charge.savings, found.charge.pricing, found.charge.spending
    order = insert_order(
        buyer,
        pricing,
        delivery=found.delivery,
        method=found.method,
        cart_id=cart.pk,
        idempotency_key=idempotency_key,
        savings=savings,
        at=now,
        zone=settings.zone,
        is_test=settings.test_mode,
        bought_for=bought_for,
        by_hand=by_hand,
    )
    if bought_for is not None and bought_for.approval is not None:
        use_approval(bought_for.approval, order)
    items = insert_items(order, pricing)
    if spending and buyer.customer_id:
        take_points(buyer.customer_id, order, spending, actor=ACTOR)
    if pricing.total:
        Payment.objects.create(
            order=order,
            gateway=found.method.gateway,
            method=found.method.code,
            amount=pricing.total,
            currency=settings.currency,
        )
    ShoppingCart.objects.filter(pk=cart.pk).update(completed_at=now, discount_amount=pricing.discount)
    if by_hand is not None and by_hand.discount is not None:
        keep_discount(by_hand.discount)
    redeem(savings, items, order_id=order.pk, shopper=found.shopper, shipping=found.delivery.amount)
    note_acceptance(found.deal, order, actor=f"customer {buyer.customer_id}" if buyer.customer_id else "guest")
    announce_order(order, items, settings)

    locked = lock_as_read(found.variants)
    check_stock(found.demand, locked)
    take_stock(found.demand, locked, order_id=order.pk, actor=by_hand.actor if by_hand else ACTOR)
    count_uses(savings)
    order.order_number = assign_number(order.pk)
    if by_hand is not None and by_hand.is_paid and pricing.total:
        enter_by_hand(order, pricing.total, actor=by_hand.actor)
    if by_hand is not None and by_hand.told is not None:
        by_hand.told(order)
    return order
