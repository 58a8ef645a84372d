"""A cart with all that is read to price it, read once."""

from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from tenant_shop.carts.lines import lines_of, open_cart
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.promotions.errors import CouponRefused
from tenant_shop.promotions.find import code_by_name
from tenant_shop.promotions.models import DiscountCode


@dataclass(frozen=True)
class Basket:
    """`cart` is None when `cart_id` names none, or one that has expired or was ordered; it has no `rows` then."""

    cart_id: UUID | None
    cart: ShoppingCart | None
    rows: tuple[CartItem, ...]
    settings: ShopSettings

    @property
    def code(self) -> DiscountCode | None:
        """The code that was entered. At most one statement, the first time. Errors: CouponRefused (unknown)."""
        if isinstance(self._found, CouponRefused):
            raise self._found
        return self._found

    @cached_property
    def _found(self) -> DiscountCode | CouponRefused | None:
        try:
            return code_by_name(self.cart.coupon_code) if self.cart and self.cart.coupon_code else None
        except CouponRefused as refusal:
            return refusal


def read_basket(cart_id: UUID | None, settings: ShopSettings | None = None) -> Basket:
    """At most two statements, one more without `settings`."""
    cart = open_cart(cart_id)
    return Basket(cart_id, cart, tuple(lines_of(cart.pk)) if cart else (), settings or shop_settings())
