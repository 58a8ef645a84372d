"""Sending a cart for approval."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from smartseller.formats import amount
from tenant_shop.carts.basket import Basket
from tenant_shop.carts.change import KEPT_FOR
from tenant_shop.carts.lines import is_usable, lines_of, lock_cart
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.companies.errors import ApprovalNotNeeded, NobodyApproves, NotForThisRole, NotOrderable
from tenant_shop.companies.membership import approvers_of, buying_member
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.companies.purchase_number import read_purchase_number
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.customers.letters import Kind
from tenant_shop.customers.post import write_to
from tenant_shop.orders.address import check_key
from tenant_shop.orders.buyer import Buyer, tidy_buyer
from tenant_shop.orders.errors import (
    CartEmpty,
    CartGone,
    CurrencyChanged,
    PaymentMethodUnavailable,
    ShippingUnavailable,
    TermsNotAgreed,
    TotalChanged,
)
from tenant_shop.orders.lock import lock_customer
from tenant_shop.orders.quote import Quote, quote_of
from tenant_shop.payments.methods import offered_to
from tenant_shop.promotions.limits import Shopper

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
) -> PurchaseRequest:
    """Freeze the customer's cart with the checkout's answers until somebody in the company decides on it.

    The arguments are those of `place_order`, and so is what is checked of them; goods are not taken from stock. The
    same key again returns the same request. The customer gets another cart for what they put in meanwhile.
    Rows are locked in this order: customer, cart. After commit: those who may decide are written to.
    Errors, with nothing changed: those of `place_order` but for stock and coupons, of which NotOrderable tells;
        NotForThisRole for who buys for no company; ApprovalNotNeeded; NobodyApproves; PurchaseNumberMissing.
    """
    check_key(idempotency_key)
    settings = shop_settings()
    with shopper_transaction(durable=True):
        is_customer = lock_customer(customer_id) is not None
        cart = lock_cart(cart_id)
        known = PurchaseRequest.objects.filter(idempotency_key=idempotency_key, customer=customer_id).first()
        if known is not None:
            return known
        if cart is None or not is_usable(cart) or cart.customer_id != customer_id or not is_customer:
            raise CartGone(cart_id)
        if settings.terms_need_tick and not agreed_to:
            raise TermsNotAgreed
        if expected_currency and expected_currency != settings.currency:
            raise CurrencyChanged(expected_currency, settings.currency)
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
        )
        number = read_purchase_number(member.company, purchase_number)
        priced = _priced(cart, settings, buyer, member, shipping_code, payment_method)
        if priced.total != expected_total:
            raise TotalChanged(expected_total, priced.total, priced.currency)
        if not member.needs_approval(priced.total):
            raise ApprovalNotNeeded
        approvers = approvers_of(member.company_id, but=customer_id)
        if not approvers:
            raise NobodyApproves
        asked = _freeze(cart, member, buyer, priced, shipping_code, payment_method, number, idempotency_key)
        for approver in approvers:
            facts = {
                "company": member.company.name,
                "total": amount(priced.total, priced.currency),
                "request": str(asked.pk),
            }
            write_to(approver.customer.email, Kind.REQUEST_WAITS, customer=approver.customer, facts=facts)
    return asked


def _priced(
    cart: ShoppingCart,
    settings: ShopSettings,
    buyer: Buyer,
    member: CompanyMember,
    shipping_code: str,
    payment_method: str,
) -> Quote:
    basket = Basket(cart.pk, cart, tuple(lines_of(cart.pk)), settings)
    if not basket.rows:
        raise CartEmpty(cart.pk)
    country = buyer.shipping_address["country"]
    priced = quote_of(
        basket,
        country=country,
        state=buyer.shipping_address["state_province"],
        shipping_code=shipping_code,
        shopper=Shopper(email=buyer.email, customer_id=buyer.customer_id),
        company=member.company,
    )
    if priced.problems:
        raise NotOrderable(priced.problems)
    if priced.shipping_code != shipping_code:
        raise ShippingUnavailable(shipping_code, country)
    if payment_method not in {method.code for method in offered_to(settings, member.company)}:
        raise PaymentMethodUnavailable(payment_method)
    return priced


def _freeze(
    cart: ShoppingCart,
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
    ShoppingCart.objects.filter(pk=cart.pk).update(frozen_at=now, expires_at=expires_at + KEPT_FOR)
    return PurchaseRequest.objects.create(
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
        },
    )
