"""Entering a discount code, and taking it out again."""

from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shopper_transaction
from smartseller.money import quantize
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.lines import lines_of, open_cart
from tenant_shop.carts.models import ShoppingCart
from tenant_shop.carts.read import goods_of
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.promotions.assess import assess
from tenant_shop.promotions.find import code_by_name


def apply_coupon(cart_id: UUID | None, code: str) -> None:
    """Put a code into the cart, in place of the one it had.

    It must hold for the cart as it is; whether the customer may use it again is known at checkout only.
    Errors: CartGone, CouponRefused, ShopBusy; the cart keeps its former code then.
    """
    cart = open_cart(cart_id)
    if cart is None:
        raise CartGone(cart_id)
    discount_code = code_by_name(code)
    currency = shop_settings().currency
    lines = lines_of(cart.pk)
    amounts = [quantize(line.variant.effective_price, currency) * line.quantity for line in lines]
    goods = goods_of([line.variant for line in lines], amounts)
    assess(discount_code, goods, currency=currency, at=timezone.now())
    _set_code(cart.pk, discount_code.code)


def remove_coupon(cart_id: UUID | None) -> None:
    """Take the code out of the cart, if there is one. Errors: CartGone, ShopBusy."""
    if cart_id is None:
        raise CartGone(cart_id)
    _set_code(cart_id, None)


def _set_code(cart_id: UUID, code: str | None) -> None:
    # A cart that was ordered in this moment keeps what it was ordered with.
    with shopper_transaction():
        changed = ShoppingCart.objects.filter(pk=cart_id, completed_at=None, expires_at__gt=timezone.now()).update(
            coupon_code=code
        )
    if not changed:
        raise CartGone(cart_id)
