"""Sending a cart, or an offer, for approval."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from smartseller.formats import amount
from tenant_shop.carts.basket import Basket
from tenant_shop.carts.change import KEPT_FOR
from tenant_shop.carts.lines import is_usable, lines_of, lock_cart
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.again import check_same_request
from tenant_shop.companies.errors import ApprovalNotNeeded, NobodyApproves, NotForThisRole, NotOrderable
from tenant_shop.companies.membership import approvers_of, buying_member
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.companies.purchase_number import read_purchase_number
from tenant_shop.companies.requests import check_offer
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.post import write_to
from tenant_shop.orders.address import check_key
from tenant_shop.orders.buyer import Buyer, tidy_buyer
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
from tenant_shop.orders.lock import lock_customer
from tenant_shop.orders.quote import Quote, quote_of
from tenant_shop.orders.terms import check_terms
from tenant_shop.payments.methods import offered_to
from tenant_shop.promotions.limits import Shopper
from tenant_shop.quotes.models import QuoteRequest

# How long a request waits for somebody.
GOOD_FOR = timedelta(days=14)


def send_for_approval(
    *,
    cart_id: UUID,
    customer_id: UUID,
    idempotency_key: str,
    email: str,
    phone: str | None,
    shipping_address: Mapping[str, Any],
    billing_address: Mapping[str, Any],
    shipping_code: str,
    payment_method: str,
    expected_total: Decimal,
    notes: str = "",
    purchase_number: str = "",
    expected_currency: str = "",
    language: str = "",
    agreed_to: str = "",
    terms_version: str | None = None,
    quote_revision: int | None = None,
) -> PurchaseRequest:
    """Freeze the customer's cart, or an offer's, with the checkout's answers until the company decides on it.

    The arguments are those of `place_order`, and so is what is checked of them; goods are not taken from stock. The
    same key again returns the same request of the same cart, to the same answers. The customer gets another cart for
    what they put in meanwhile. An offer's request ends with the offer, at the latest.
    Rows are locked in this order: customer, cart. After commit: those who may decide are written to.
    Errors, with nothing changed: those of `place_order` but for stock and coupons, of which NotOrderable tells;
        NotForThisRole for who buys for no company; ApprovalNotNeeded; NobodyApproves; PurchaseNumberMissing;
        QuoteNotOpen and QuoteChanged of an offer; AskedAlready (with other answers); IdempotencyConflict (the key is
        another's, or of another cart).
    """
    check_key(idempotency_key)
    settings = shop_settings()
    with shopper_transaction(durable=True):
        is_customer = lock_customer(customer_id) is not None
        cart = lock_cart(cart_id)
        known = _already_sent(cart_id, customer_id, idempotency_key)
        if known is not None:
            check_same_request(
                known,
                settings,
                email=email,
                phone=phone,
                notes=notes,
                shipping_address=shipping_address,
                billing_address=billing_address,
                shipping_code=shipping_code,
                payment_method=payment_method,
                purchase_number=purchase_number,
            )
            return known
        if cart is None or not is_usable(cart) or not is_customer:
            raise CartGone(cart_id)
        if cart.quote_id is None and cart.customer_id != customer_id:
            raise CartGone(cart_id)
        if settings.terms_need_tick and not agreed_to:
            raise TermsNotAgreed
        if expected_currency and expected_currency != settings.currency:
            raise CurrencyChanged(expected_currency, settings.currency)
        terms_version = check_terms(settings, terms_version)
        member = buying_member(customer_id, settings)
        if member is None:
            raise NotForThisRole
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
            terms_version=terms_version,
        )
        number = read_purchase_number(member.company, purchase_number)
        basket = Basket(cart.pk, cart, tuple(lines_of(cart.pk)), settings)
        priced = _priced(cart, basket, buyer, member, shipping_code, payment_method, quote_revision)
        if priced.total != expected_total:
            raise TotalChanged(expected_total, priced.total, priced.currency)
        if not member.needs_approval(priced.total):
            raise ApprovalNotNeeded
        approvers = approvers_of(member.company_id, but=customer_id)
        if not approvers:
            raise NobodyApproves
        asked = _freeze(
            cart, basket.deal.quote, member, buyer, priced, shipping_code, payment_method, number, idempotency_key
        )
        for approver in approvers:
            facts = {
                "company": member.company.name,
                "total": amount(priced.total, priced.currency),
                "request": str(asked.pk),
            }
            write_to(approver.customer.email, Kind.REQUEST_WAITS, customer=approver.customer, facts=facts)
    return asked


def _already_sent(cart_id: UUID, customer_id: UUID, idempotency_key: str) -> PurchaseRequest | None:
    """The request of this key. Read under the cart's lock, so that the second of two clicks finds the first's."""
    known = PurchaseRequest.objects.filter(idempotency_key=idempotency_key).first()
    if known is not None and (known.customer_id, known.cart_id) != (customer_id, cart_id):
        raise IdempotencyConflict(idempotency_key)
    return known


def _priced(
    cart: ShoppingCart,
    basket: Basket,
    buyer: Buyer,
    member: CompanyMember,
    shipping_code: str,
    payment_method: str,
    quote_revision: int | None,
) -> Quote:
    if not basket.rows:
        raise CartEmpty(cart.pk)
    check_offer(basket, buyer.customer_id, quote_revision)
    country = buyer.shipping_address["country"]
    priced = quote_of(
        basket,
        country=country,
        state=buyer.shipping_address["state_province"],
        postal_code=buyer.shipping_address.get("postal_code", ""),
        shipping_code=shipping_code,
        shopper=Shopper(customer_id=buyer.customer_id),
        company=member.company,
    )
    if priced.problems:
        raise NotOrderable(priced.problems)
    if priced.shipping_code != shipping_code:
        raise ShippingUnavailable(shipping_code, country)
    if payment_method not in {method.code for method in offered_to(basket.settings, member.company)}:
        raise PaymentMethodUnavailable(payment_method)
    return priced


def _freeze(
    cart: ShoppingCart,
    offer: QuoteRequest | None,
    member: CompanyMember,
    buyer: Buyer,
    priced: Quote,
    shipping_code: str,
    payment_method: str,
    purchase_number: str,
    idempotency_key: str,
) -> PurchaseRequest:
    now = timezone.now()
    expires_at = now + GOOD_FOR
    if offer is not None and offer.valid_until is not None:
        expires_at = min(expires_at, offer.valid_until)
    ShoppingCart.objects.filter(pk=cart.pk).update(frozen_at=now, expires_at=expires_at + KEPT_FOR)
    asked = PurchaseRequest(
        company_id=member.company_id,
        customer_id=buyer.customer_id,
        cart_id=cart.pk,
        idempotency_key=idempotency_key or None,
        total=priced.total,
        currency=priced.currency,
        expires_at=expires_at,
        answers={
            "email": buyer.email,
            "phone": buyer.phone,
            "notes": buyer.notes,
            "shipping_address": dict(buyer.shipping_address),
            "billing_address": dict(buyer.billing_address),
            "shipping_code": shipping_code,
            "payment_method": payment_method,
            "purchase_number": purchase_number,
            "language": buyer.language,
            "agreed_to": buyer.agreed_to,
            "terms_version": buyer.terms_version,
        },
    )
    try:
        asked.save(force_insert=True)
    except IntegrityError as error:
        if "purchase_requests_idempotency_key" in str(error):
            # Two carts with one key at the same moment: the other one was first.
            raise IdempotencyConflict(idempotency_key) from error
        raise
    return asked
