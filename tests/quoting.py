"""Quotes that were asked for and answered, for tests."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from tenant_shop.carts.change import add_line
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.models import Setting
from tenant_shop.customers.models import Customer
from tenant_shop.orders.quote import quote
from tenant_shop.quotes.answer import answer_quote
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.quotes.request import request_quote
from tests.shopping import ADDRESS

WEEK = timedelta(days=7)


def take_requests(who: str = "everybody") -> None:
    Setting.objects.update_or_create(key="quote_requests", defaults={"value": who})


def asked(
    *wanted: tuple[ProductVariant, int], customer: Customer | None = None, note: str = "", **details: Any
) -> QuoteRequest:
    """A request for the variants, by a customer or a guest."""
    cart_id: UUID | None = None
    owner = customer.pk if customer else None
    for variant, quantity in wanted:
        cart_id = add_line(cart_id, variant_id=variant.pk, quantity=quantity, session_id=uuid4().hex, customer_id=owner)
    email = customer.email if customer else "guest@example.com"
    return request_quote(cart_id, **{"email": email, "note": note, "customer_id": owner, **details})


def answered(asked_for: QuoteRequest, *prices: str, **details: Any) -> QuoteRequest:
    """The merchant's answer: a price for each line, for a week."""
    by_line = {line.pk: Decimal(price) for line, price in zip(asked_for.lines.all(), prices, strict=True)}
    values = {"valid_until": timezone.now() + WEEK, "actor": "merchant", **details}
    return answer_quote(asked_for.pk, by_line, **values)


def acceptance(offer: QuoteRequest, **changes: Any) -> dict[str, Any]:
    """The arguments of `place_order` that accept the offer as it is now."""
    cart_id = ShoppingCart.objects.get(quote=offer).pk
    seen = quote(cart_id, country="DE", shipping_code=None)
    return {
        "cart_id": cart_id,
        "idempotency_key": str(uuid4()),
        "email": offer.email,
        "phone": "",
        "shipping_address": ADDRESS,
        "billing_address": ADDRESS,
        "shipping_code": seen.shipping_code,
        "payment_method": "bank_transfer",
        "expected_total": seen.total,
        "customer_id": offer.customer_id,
        "quote_revision": offer.revision,
        **changes,
    }
