"""Orders that staff take for a customer: on the telephone, at a fair, by letter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.carts.basket import Basket
from tenant_shop.carts.errors import CartGone
from tenant_shop.carts.lines import MAX_LINES, MAX_QUANTITY, lock_cart
from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.orders.by_hand import ByHand, NotTakenLikeThis
from tenant_shop.orders.models import Order
from tenant_shop.orders.place import place_order
from tenant_shop.promotions.find import normalised_code
from tenant_shop.promotions.models import DiscountCode
from tenant_shop.shipping.rates import ShippingOption

# What was never ordered of it is removed with the shoppers' carts.
KEPT = timedelta(hours=1)


def take_order(
    token: UUID,
    goods: Mapping[UUID, int],
    *,
    by_hand: ByHand,
    coupon_code: str = "",
    expected_total: Decimal,
    customer_id: UUID | None,
    **answers: Any,
) -> Order:
    """Order `goods` (pieces by variant) for a customer, or for a guest; the same `token` again returns the same order.

    It is `place_order`, with its rules, its locks and its mails, of a cart that is made for it and is nobody's: what
    the customer has in their own stays there. `answers` are what a shopper would have answered. Prices are those of the
    customer's group, the discount is the code's or the one of `by_hand`, and no points are spent.
    Errors, with no order placed: those of `place_order`; NotTakenLikeThis for too many lines or pieces.
    """
    _fill(token, goods, coupon_code)
    return place_order(
        cart_id=token,
        idempotency_key=token.hex,
        customer_id=customer_id,
        expected_total=expected_total,
        by_hand=by_hand,
        **answers,
    )


def _fill(token: UUID, goods: Mapping[UUID, int], coupon_code: str) -> None:
    """Put the goods into the cart that is called `token`, unless it was ordered. Errors: CartGone, NotTakenLikeThis."""
    check_goods(goods)
    code = normalised_code(coupon_code) or None
    with shop_transaction():
        ShoppingCart.objects.get_or_create(pk=token, defaults={"expires_at": timezone.now() + KEPT})
        cart = lock_cart(token)
        if cart is None or cart.customer_id or cart.session_id or cart.quote_id or cart.frozen_at:
            raise CartGone(token)  # somebody's own: it is none of ours
        if not cart.is_open:
            return
        cart.coupon_code, cart.expires_at = code, timezone.now() + KEPT
        cart.save(update_fields=["coupon_code", "expires_at"])
        CartItem.objects.filter(cart=cart).delete()
        products = dict(ProductVariant.objects.filter(pk__in=goods).values_list("pk", "product_id"))
        CartItem.objects.bulk_create(
            CartItem(cart=cart, product_id=products[variant], variant_id=variant, quantity=pieces, unit_price=0)
            for variant, pieces in goods.items()
            if variant in products
        )


def check_goods(goods: Mapping[UUID, int]) -> None:
    """Errors: NotTakenLikeThis for too many lines, or pieces that no order has."""
    if len(goods) > MAX_LINES:
        raise NotTakenLikeThis(f"An order has up to {MAX_LINES} lines.")
    if any(not 0 < pieces <= MAX_QUANTITY for pieces in goods.values()):
        raise NotTakenLikeThis(f"A line has from 1 to {MAX_QUANTITY} pieces.")


@dataclass(frozen=True)
class HandBasket(Basket):
    """A basket that is nobody's and stands in no table: what staff would order, to be priced by `quote_of`."""

    by_hand: ByHand

    @property
    def discounts(self) -> list[DiscountCode]:
        """The one that staff give, alone; else those that would hold at the checkout."""
        own = self.by_hand.discount
        return [own] if own is not None else super().discounts

    def deliveries(self, country: str | None, state: str = "") -> list[ShippingOption]:
        own = self.by_hand.delivery
        return [*([own] if own else []), *super().deliveries(country, state)]


def basket_by_hand(
    goods: Mapping[UUID, int], *, by_hand: ByHand, coupon_code: str, customer_id: UUID | None, settings: ShopSettings
) -> HandBasket:
    """What staff would order for the customer. One statement. Errors: NotTakenLikeThis."""
    check_goods(goods)
    variants = ProductVariant.objects.select_related("product").in_bulk(list(goods))
    cart = ShoppingCart(customer_id=customer_id, coupon_code=normalised_code(coupon_code) or None)
    rows = tuple(
        CartItem(cart=cart, variant=variants[variant], product_id=variants[variant].product_id, quantity=pieces)
        for variant, pieces in goods.items()
        if variant in variants
    )
    return HandBasket(cart_id=cart.pk, cart=cart, rows=rows, settings=settings, by_hand=by_hand)
