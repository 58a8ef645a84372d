"""Entering a discount code, and taking it out again."""

from uuid import UUID

from django.db.models import QuerySet
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


def carry_coupon(cart_id: UUID | None, code: str, *, shopper: Shopper | None = None) -> bool:
    """Put a code into a cart that has none, whether it holds by now or not; into another only if it holds.

    False when there is no such cart. Errors: CouponRefused, with the cart's own code kept; ShopBusy.
    """
    try:
        apply_coupon(cart_id, code, shopper=shopper)
    except CartGone:
        return False
    except CouponRefused:
        if cart_id is None or not _set_code_of(
            ShoppingCart.objects.filter(pk=cart_id, coupon_code=None), normalised_code(code)
        ):
            raise
    return True


def _set_code(cart_id: UUID | None, code: str | None) -> None:
    if cart_id is None or not _set_code_of(ShoppingCart.objects.filter(pk=cart_id), code):
        raise CartGone(cart_id)


def _set_code_of(carts: QuerySet[ShoppingCart], code: str | None) -> int:
    """How many were changed. A cart that was ordered in this moment keeps what it was ordered with."""
    with shopper_transaction():
        usable = carts.filter(completed_at=None, frozen_at=None, expires_at__gt=timezone.now())
        return usable.update(coupon_code=code)
