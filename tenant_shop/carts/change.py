"""Putting things into a cart, changing how many, taking them out."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.errors import CartFull, CartGone, CartLineGone, InvalidQuantity, VariantUnavailable
from tenant_shop.carts.lines import MAX_LINES, MAX_QUANTITY, is_usable, lock_cart
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.inventory.shortage import shortages
from tenant_shop.pricing.check import check_quantities
from tenant_shop.pricing.terms import Terms, terms_for

# Every change keeps the cart for this long; the database gives a new cart as much.
KEPT_FOR = timedelta(days=30)


def add_line(
    cart_id: UUID | None, *, variant_id: UUID, quantity: int, session_id: str, customer_id: UUID | None = None
) -> UUID:
    """Put `quantity` more pieces of a variant into the cart, and return the cart's id.

    A new cart is opened for the customer, or else for `session_id` (or their open one taken), when `cart_id` is None,
    unknown, expired, ordered or somebody else's.
    Errors: InvalidQuantity, VariantUnavailable, OutOfStock and QuantityNotAllowed (counting what the cart holds
        already), CartFull, ShopBusy.
    """
    _check_quantity(quantity, minimum=1)
    settings = shop_settings()
    with shopper_transaction():
        variant = _variant_on_sale(variant_id)
        terms = terms_for(customer_id, [variant], settings)
        cart = lock_cart(cart_id)
        if cart is None or not is_usable(cart) or cart.customer_id != customer_id:
            cart = open_new(session_id, settings.currency, customer_id=customer_id)
        lines = {line.variant_id: line for line in CartItem.objects.filter(cart=cart)}
        line = lines.get(variant_id)
        wanted = quantity + (line.quantity if line else 0)
        _check_quantity(wanted, minimum=1)
        _check_supply(variant, wanted)
        check_quantities({variant_id: wanted}, {variant_id: variant}, terms)
        if line is not None:
            change(line, variant, wanted, terms)
            line.save(update_fields=["quantity", "unit_price"])
        elif len(lines) >= MAX_LINES:
            raise CartFull(MAX_LINES)
        else:
            CartItem.objects.create(
                cart=cart,
                product_id=variant.product_id,
                variant=variant,
                quantity=wanted,
                unit_price=terms.price(variant, wanted),
                variant_info=variant.options,
            )
        keep_cart(cart)
    return cart.pk


def set_line_quantity(cart_id: UUID | None, line_id: UUID, quantity: int) -> None:
    """Make a line `quantity` pieces; 0 removes it.

    Errors: InvalidQuantity, CartGone, CartLineGone, OutOfStock when more is wanted than there is (fewer is always
    possible), QuantityNotAllowed, ShopBusy.
    """
    _check_quantity(quantity, minimum=0)
    with shopper_transaction():
        cart = _locked(cart_id)
        line = CartItem.objects.filter(pk=line_id, cart=cart).select_related("variant__product").first()
        if line is None:
            raise CartLineGone(line_id)
        if quantity == 0:
            line.delete()
        else:
            if quantity > line.quantity:
                _check_supply(line.variant, quantity)
            terms = terms_for(cart.customer_id, [line.variant], shop_settings())
            check_quantities({line.variant_id: quantity}, {line.variant_id: line.variant}, terms)
            change(line, line.variant, quantity, terms)
            line.save(update_fields=["quantity", "unit_price"])
        keep_cart(cart)


def remove_line(cart_id: UUID | None, line_id: UUID) -> None:
    """Take a line out of the cart. Errors: CartGone, CartLineGone."""
    set_line_quantity(cart_id, line_id, 0)


def change(line: CartItem, variant: ProductVariant, quantity: int, terms: Terms) -> None:
    """Make the line so many pieces, unsaved. That each costs something else then is no news; what has become dearer or
    cheaper meanwhile still is.
    """
    if terms.price(variant, line.quantity) == line.unit_price:
        line.unit_price = terms.price(variant, quantity)
    line.quantity = quantity


def _check_quantity(quantity: int, *, minimum: int) -> None:
    if not minimum <= quantity <= MAX_QUANTITY:
        raise InvalidQuantity(quantity, MAX_QUANTITY)


def _variant_on_sale(variant_id: UUID) -> ProductVariant:
    variant = ProductVariant.objects.for_sale().select_related("product").filter(pk=variant_id).first()
    if variant is None:
        raise VariantUnavailable(variant_id)
    return variant


def _check_supply(variant: ProductVariant, wanted: int) -> None:
    """A first look, without a lock: only the order decides."""
    if missing := shortages({variant.pk: wanted}, {variant.pk: variant}):
        raise OutOfStock(missing)


def _locked(cart_id: UUID | None) -> ShoppingCart:
    cart = lock_cart(cart_id)
    if cart is None or not is_usable(cart):
        raise CartGone(cart_id)
    return cart


def keep_cart(cart: ShoppingCart) -> None:
    """Give a cart its full time again."""
    ShoppingCart.objects.filter(pk=cart.pk).update(expires_at=timezone.now() + KEPT_FOR)


def open_new(session_id: str, currency: str, *, customer_id: UUID | None = None) -> ShoppingCart:
    """The open cart of a customer, or else of a session, made if there is none; locked. Two clicks at once get the same
    one.
    """
    owner: dict[str, Any] = {"customer_id": customer_id} if customer_id else {"session_id": session_id}
    if customer_id or session_id:
        # An expired cart makes room. It stays, without its owner, until the night.
        ShoppingCart.objects.filter(**owner, completed_at=None, frozen_at=None, expires_at__lte=timezone.now()).update(
            **dict.fromkeys(owner)
        )
    cart = ShoppingCart(**owner if customer_id or session_id else {}, currency=currency)
    ShoppingCart.objects.bulk_create([cart], ignore_conflicts=True)
    open_carts = ShoppingCart.objects.select_for_update(no_key=True)
    if not customer_id and not session_id:
        return open_carts.get(pk=cart.pk)
    return open_carts.get(**owner, completed_at=None, frozen_at=None)
