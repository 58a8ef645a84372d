"""Laying something aside from the cart, and taking it back."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.change import KEPT_FOR, add_line, keep_cart
from tenant_shop.carts.errors import CartGone, CartLineGone, SavedFull, SavedLineGone, VariantUnavailable
from tenant_shop.carts.lines import is_usable, lock_cart
from tenant_shop.carts.models import CartItem, SavedItem
from tenant_shop.carts.saved import MAX_SAVED, SavedOwner
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.shortage import sellable_quantity
from tenant_shop.pricing.terms import terms_for


def save_line(cart_id: UUID | None, line_id: UUID, *, owner: SavedOwner) -> None:
    """Move a line from the cart to the list of `owner`, where it stays thirty days.

    What is there already counts once, with the larger quantity.
    Errors: CartGone, CartLineGone, SavedFull, ShopBusy.
    """
    with shopper_transaction():
        cart = lock_cart(cart_id)
        if cart is None or not is_usable(cart):
            raise CartGone(cart_id)
        line = CartItem.objects.filter(pk=line_id, cart=cart).first()
        if line is None:
            raise CartLineGone(line_id)
        saved = {row.variant_id: row for row in SavedItem.objects.filter(owner.rows)}
        former = saved.get(line.variant_id)
        if former is None and len(saved) >= MAX_SAVED:
            raise SavedFull(MAX_SAVED)
        quantity = max(line.quantity, former.quantity if former else 0)
        SavedItem.objects.filter(owner.rows, variant_id=line.variant_id).delete()
        SavedItem.objects.create(
            customer_id=owner.customer_id,
            list_id=None if owner.customer_id else owner.list_id,
            variant_id=line.variant_id,
            quantity=quantity,
            unit_price=line.unit_price,
            expires_at=timezone.now() + KEPT_FOR,
        )
        line.delete()
        keep_cart(cart)


def take_back(
    saved_id: UUID, *, owner: SavedOwner, cart_id: UUID | None, session_id: str, customer_id: UUID | None = None
) -> tuple[UUID, int]:
    """Move something from the list back into the cart, at today's price and as far as there is stock.

    Returns the cart's id and how many went in; what was laid aside and cannot be had is given up with the line. A cart
    is opened as by `add_line`.
    Errors: SavedLineGone, VariantUnavailable, OutOfStock when the cart holds all there are, QuantityNotAllowed,
        CartFull, ShopBusy.
    """
    with shopper_transaction():
        lock_cart(cart_id)  # before the row, as who lays something aside does
        row = (
            SavedItem.objects.select_for_update(no_key=True, of=("self",))
            .select_related("variant__product")
            .filter(owner.rows, pk=saved_id, expires_at__gt=timezone.now())
            .first()
        )
        if row is None:
            raise SavedLineGone(saved_id)
        if not (row.variant.is_active and row.variant.product.is_for_sale):
            raise VariantUnavailable(row.variant_id)
        held = CartItem.objects.filter(cart_id=cart_id, variant_id=row.variant_id, cart__completed_at=None).first()
        in_cart = held.quantity if held else 0
        allowed = terms_for(customer_id, [row.variant], shop_settings()).allowed(row.variant_id)
        room = allowed.at_most(sellable_quantity(row.variant)) - in_cart
        quantity = max(min(allowed.nearest(row.quantity + in_cart, None) - in_cart, room), 1)
        cart_id = add_line(
            cart_id, variant_id=row.variant_id, quantity=quantity, session_id=session_id, customer_id=customer_id
        )
        row.delete()
    return cart_id, quantity


def forget_saved(saved_id: UUID, *, owner: SavedOwner) -> None:
    """Take something off the list. Errors: SavedLineGone."""
    with shopper_transaction():
        if not SavedItem.objects.filter(owner.rows, pk=saved_id).delete()[0]:
            raise SavedLineGone(saved_id)


def adopt_saved(list_id: UUID, customer_id: UUID) -> None:
    """Give what a visitor has laid aside to the account that they logged in to; what is there already stays as it is.

    Safe twice. Three statements.
    """
    with shopper_transaction():
        theirs = SavedItem.objects.filter(customer=customer_id)
        SavedItem.objects.filter(list_id=list_id, variant__in=theirs.values("variant")).delete()
        SavedItem.objects.filter(list_id=list_id).update(list_id=None, customer=customer_id)
