"""Asking for a quote."""

from uuid import UUID

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.lines import is_usable, lock_cart
from tenant_shop.carts.models import CartItem
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.orders.address import clean_contact
from tenant_shop.orders.errors import CartEmpty
from tenant_shop.pricing.terms import terms_for
from tenant_shop.quotes.errors import QuotesNotOffered
from tenant_shop.quotes.models import QuoteLine, QuoteRequest
from tenant_shop.quotes.move import begin

LONGEST_NAME = 255


def may_ask(settings: ShopSettings, *, is_customer: bool) -> bool:
    """Whether the shop takes requests from customers, or from guests."""
    return settings.quote_requests == "everybody" or (is_customer and settings.quote_requests == "customers")


def request_quote(
    cart_id: UUID | None,
    *,
    email: str,
    name: str = "",
    note: str = "",
    customer_id: UUID | None = None,
    language: str = "",
) -> QuoteRequest:
    """Ask what the cart would cost. Its goods move into the request, with what they cost now; the cart is empty then.

    Rules of quantity and least orders do not hold for what is asked: the merchant decides.
    Errors, with nothing changed: QuotesNotOffered, InvalidContact, CartGone (also for another customer's), CartEmpty,
        ShopBusy.
    """
    settings = shop_settings()
    if not may_ask(settings, is_customer=customer_id is not None):
        raise QuotesNotOffered
    contact = clean_contact(email=email, phone="", notes=note)
    with shopper_transaction():
        cart = lock_cart(cart_id)
        if cart is None or not is_usable(cart) or cart.customer_id != customer_id or cart.quote_id is not None:
            raise CartGone(cart_id)
        rows = list(CartItem.objects.filter(cart=cart).select_related("variant__product").order_by("created_at", "id"))
        if not rows:
            raise CartEmpty(cart.pk)
        terms = terms_for(customer_id, [row.variant for row in rows], settings)
        quote = QuoteRequest.objects.create(
            customer_id=customer_id,
            email=contact["email"],
            name=" ".join(name.split())[:LONGEST_NAME],
            note=contact["notes"],
            language=language,
            currency=settings.currency,
        )
        QuoteLine.objects.bulk_create(
            QuoteLine(
                quote=quote,
                variant=row.variant,
                position=position,
                product_name=row.variant.product.name,
                product_sku=row.variant.sku,
                variant_info=row.variant.options,
                quantity=row.quantity,
                list_price=terms.price(row.variant, row.quantity),
            )
            for position, row in enumerate(rows)
        )
        CartItem.objects.filter(cart=cart).delete()
        begin(quote, actor=f"customer {customer_id}" if customer_id else "guest")
    return quote
