"""Entering a discount code, and taking it out again."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.basket import read_basket
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.promotions.errors import CouponRefused, Refusal
from tenant_shop.promotions.find import normalised_code
from tenant_shop.promotions.limits import Shopper


def apply_coupon(cart_id: UUID | None, code: str, *, shopper: Shopper | None = None) -> None:
    """Put a code into the cart, in place of the one it had.

    It must hold for the cart as it is, and for `shopper` if they are known by now; for a guest that is checked when
    they have said who they are.
    Errors: CartGone, CouponRefused, ShopBusy; the cart keeps its former code then.
    """
    basket = read_basket(cart_id)
    if basket.cart is None:
        raise CartGone(cart_id)
    basket.cart.coupon_code = normalised_code(code)
    savings = basket.savings(shipping=basket.usual_delivery(), shopper=shopper)
    if savings.code is None:
        raise savings.refusal or CouponRefused("", Refusal.UNKNOWN)
    _set_code(basket.cart.pk, savings.code)


def remove_coupon(cart_id: UUID | None) -> None:
    """Take the code out of the cart, if there is one. Errors: CartGone, ShopBusy."""
    _set_code(cart_id, None)


def carry_coupon(cart_id: UUID | None, code: str) -> bool:
    """Put a code into the cart, whether it holds by now or not; False when there is no such cart. Errors: ShopBusy."""
    try:
        _set_code(cart_id, normalised_code(code))
    except CartGone:
        return False
    return True


def _set_code(cart_id: UUID | None, code: str | None) -> None:
    if cart_id is None:
        raise CartGone(cart_id)
    # A cart that was ordered in this moment keeps what it was ordered with.
    with shopper_transaction():
        usable = ShoppingCart.objects.filter(completed_at=None, frozen_at=None, expires_at__gt=timezone.now())
        changed = usable.filter(pk=cart_id).update(coupon_code=code)
    if not changed:
        raise CartGone(cart_id)
