"""What a visitor had put into the cart goes into the customer's when they log in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from platform_core.tenancy.transactions import shopper_transaction
from tenant_shop.carts.change import keep_cart, open_new
from tenant_shop.carts.lines import MAX_LINES, is_usable
from tenant_shop.carts.models import CartItem, CartLoss, ShoppingCart
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import ShopSettings, shop_settings
from tenant_shop.customers.models import Customer
from tenant_shop.inventory.shortage import sellable_quantity
from tenant_shop.pricing.terms import Terms, terms_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A cart as it is after a log-in. Names are those of products.

    `joined` are lines that came along from the visitor's cart, `fewer` are (name, how many are in the cart now) of
    which there are not as many left, `sold_out` are in the cart and cannot be bought now, `repriced` are (name, price
    before, price now), `left_out` found no room.
    """

    cart_id: UUID | None
    joined: tuple[str, ...] = ()
    fewer: tuple[tuple[str, int], ...] = ()
    sold_out: tuple[str, ...] = ()
    repriced: tuple[tuple[str, Decimal, Decimal], ...] = ()
    left_out: tuple[str, ...] = ()
    code_left: str = ""


def merge_carts(customer_id: UUID, visitors_cart_id: UUID | None) -> Merged:
    """Put what is in a visitor's cart into the customer's open one, at today's prices and as far as there is stock.

    Of a variant that is in both the larger quantity is taken, so that logging in twice changes nothing. A sold-out line
    stays, with its problem shown in the cart, which also tells what was deleted while it was in the visitor's. The
    visitor's cart is gone afterwards; another customer's is left alone, and so is one that was ordered meanwhile. At
    most twelve statements, however many lines; three more for prices and
    rules of quantity where the shop has them.
    Errors: ShopBusy when the carts were locked elsewhere for too long; nothing is changed then.
    """
    settings = shop_settings()
    with shopper_transaction():
        # Two log-ins of one customer wait for each other here, before either looks for a cart.
        Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer_id)
        theirs, visitors = _locked(customer_id, visitors_cart_id)
        if visitors is None:
            return Merged(cart_id=theirs.pk if theirs else None)
        cart = theirs or open_new("", settings.currency, customer_id=customer_id)
        merged = _merge(cart, visitors, settings)
        if visitors.coupon_code and not cart.coupon_code:
            ShoppingCart.objects.filter(pk=cart.pk).update(coupon_code=visitors.coupon_code)
        elif visitors.coupon_code and visitors.coupon_code != cart.coupon_code:
            merged = replace(merged, code_left=visitors.coupon_code)
        CartLoss.objects.filter(cart=visitors).update(cart=cart)
        visitors.delete()
        keep_cart(cart)
    return merged


def _locked(customer_id: UUID, visitors_cart_id: UUID | None) -> tuple[ShoppingCart | None, ShoppingCart | None]:
    """The customer's open cart and the visitor's, each if there is one that can be used."""
    wanted = Q(customer=customer_id, completed_at=None, frozen_at=None)
    if visitors_cart_id is not None:
        wanted |= Q(pk=visitors_cart_id, customer=None)
    carts = ShoppingCart.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")
    usable = [cart for cart in carts if is_usable(cart)]
    theirs = next((cart for cart in usable if cart.customer_id == customer_id), None)
    return theirs, next((cart for cart in usable if cart.customer_id is None), None)


def _merge(cart: ShoppingCart, visitors: ShoppingCart, settings: ShopSettings) -> Merged:
    rows = CartItem.objects.filter(cart__in=[cart.pk, visitors.pk]).select_related("variant__product")
    lines: dict[UUID, CartItem] = {}
    added: list[CartItem] = []
    left_out: list[str] = []
    for row in sorted(rows, key=lambda row: (row.cart_id != cart.pk, row.created_at, row.pk)):
        line = lines.get(row.variant_id)
        if line is not None:
            line.quantity = max(line.quantity, row.quantity)
        elif row.cart_id != cart.pk and len(lines) >= MAX_LINES:
            left_out.append(row.variant.product.name)
        else:
            lines[row.variant_id] = row
            if row.cart_id != cart.pk:
                added.append(row)
    terms = terms_for(cart.customer_id, [line.variant for line in lines.values()], settings)
    fewer, repriced = _check(lines, terms)
    CartItem.objects.filter(cart=visitors).exclude(pk__in=[row.pk for row in added]).delete()
    for row in added:
        row.cart = cart
    CartItem.objects.bulk_update(lines.values(), ["cart", "quantity", "unit_price"])
    return Merged(
        cart_id=cart.pk,
        joined=tuple(row.variant.product.name for row in added),
        fewer=tuple(fewer),
        sold_out=tuple(line.variant.product.name for line in lines.values() if sellable_quantity(line.variant) == 0),
        repriced=tuple(repriced),
        left_out=tuple(left_out),
    )


def _check(
    lines: Mapping[UUID, CartItem], terms: Terms
) -> tuple[Sequence[tuple[str, int]], Sequence[tuple[str, Decimal, Decimal]]]:
    """Bring the lines to today's prices and to what there is; what was changed, of each."""
    fewer, repriced = [], []
    for line in lines.values():
        variant: ProductVariant = line.variant
        available = sellable_quantity(variant)
        if available is not None and 0 < available < line.quantity:
            line.quantity = available
            fewer.append((variant.product.name, available))
        price = terms.price(variant, line.quantity)
        if price != line.unit_price:
            repriced.append((variant.product.name, line.unit_price, price))
            line.unit_price = price
    return fewer, repriced
