"""What a shopper sees of a cart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from smartseller.formats import number
from smartseller.money import quantize
from tenant_shop.carts.basket import Basket, read_basket
from tenant_shop.carts.models import CartItem, CartLoss, ShoppingCart
from tenant_shop.catalog.summary import Picture, picture_of
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.shortage import sellable_quantity
from tenant_shop.pricing.check import below_minimum
from tenant_shop.pricing.quantities import ANY_NUMBER, Allowed
from tenant_shop.pricing.terms import Terms
from tenant_shop.promotions.assess import describe
from tenant_shop.promotions.combine import Savings
from tenant_shop.promotions.limits import Shopper


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLineView:
    """A line at today's price, in the shop's currency.

    `max_quantity` is what could be bought now, None for any number, and `allowed` in which numbers. `normal_price` is
    what everybody else pays, where that is more. `previous_price` is what the shopper was shown before, when that has
    changed. `problem` is a sentence when the line cannot be ordered as it is, `possible` how many could be.
    `stock_note` says once that there are fewer than before, or enough again. `savings` are what each discount takes off
    the line, by what it is called.
    """

    id: UUID
    variant_id: UUID
    product_slug: str
    name: str
    options: Mapping[str, str]
    sku: str
    picture: Picture | None
    quantity: int
    max_quantity: int | None
    is_for_sale: bool
    unit_price: Decimal
    previous_price: Decimal | None
    line_total: Decimal
    problem: str | None
    normal_price: Decimal | None = None
    allowed: Allowed = ANY_NUMBER
    possible: int = 0
    stock_note: str | None = None
    savings: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscountView:
    """A discount that holds: what it is called, its worth in words, and what it takes off the goods."""

    title: str
    description: str
    amount: Decimal
    is_automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CartView:
    """A cart before delivery and before tax that is not in the prices: `total` = `subtotal` - `discount`.

    `coupon_message` says what the code gives, or why it does not hold (`coupon_refused`; it stays in the cart then, for
    the cart may still grow into it). `minimum_message` says what is missing to an order of the buyer's group.
    `currency_before` is set, once, when the shop has another currency since;
    `lost` names, once, what was deleted while it was in the cart.
    """

    id: UUID | None
    lines: tuple[CartLineView, ...]
    currency: str
    subtotal: Decimal
    discount: Decimal
    discounts: tuple[DiscountView, ...]
    total: Decimal
    coupon_code: str | None
    coupon_message: str | None
    coupon_refused: bool
    item_count: int
    minimum_message: str = ""
    currency_before: str | None = None
    lost: tuple[str, ...] = ()

    @property
    def is_orderable(self) -> bool:
        return bool(self.lines) and not self.minimum_message and not any(line.problem for line in self.lines)


def read_cart(cart_id: UUID | None) -> CartView:
    """The cart at today's prices; an empty view when it does not exist, has expired or was ordered.

    A changed price or stock is told once, and counts as announced from then on.
    At most seven statements, however many lines; three more for prices and rules of quantity where the shop has them.
    """
    return view_of(read_basket(cart_id))


def view_of(basket: Basket, shopper: Shopper | None = None, *, country: str | None = None, state: str = "") -> CartView:
    """As `read_cart`, of what was read already. At most four statements, two more with `shopper`."""
    currency, cart, rows = basket.settings.currency, basket.cart, basket.rows
    before = cart.currency if cart and rows and cart.currency != currency else None
    savings = basket.savings(shipping=basket.usual_delivery(country, state), shopper=shopper)
    lines = tuple(
        _line_view(row, basket.terms, savings, place, repriced=before is None) for place, row in enumerate(rows)
    )
    subtotal = sum((line.line_total for line in lines), quantize(Decimal(0), currency))
    discount = quantize(savings.amount, currency)
    code = next((given.discount for given in savings.given if not given.discount.is_automatic), None)
    missing = below_minimum(subtotal, basket.terms) if rows else None
    _remember_announced(rows, lines)
    lost = tuple(dict.fromkeys(getattr(cart, "lost", None) or ()))
    if lost:
        CartLoss.objects.filter(cart=cart).delete()
    if cart is not None and before is not None:
        ShoppingCart.objects.filter(pk=cart.pk).update(currency=currency)
    return CartView(
        id=cart.pk if cart else None,
        lines=lines,
        currency=currency,
        subtotal=subtotal,
        discount=discount,
        discounts=tuple(
            DiscountView(
                title=given.discount.title,
                description=describe(given.discount, currency),
                amount=given.amount,
                is_automatic=given.discount.is_automatic,
            )
            for given in savings.given
        ),
        total=subtotal - discount,
        coupon_code=basket.coupon_code,
        coupon_message=describe(code, currency) if code else str(savings.refusal) if savings.refusal else None,
        coupon_refused=savings.refusal is not None,
        item_count=sum(line.quantity for line in lines),
        minimum_message=str(missing) if missing else "",
        currency_before=before,
        lost=lost,
    )


def count_items(cart_id: UUID | None) -> int:
    """How many pieces are in the cart, for a badge; announces nothing. One statement, none without a cart."""
    if cart_id is None:
        return 0
    lines = CartItem.objects.filter(
        cart_id=cart_id, cart__completed_at=None, cart__frozen_at=None, cart__expires_at__gt=timezone.now()
    )
    return lines.aggregate(pieces=Sum("quantity"))["pieces"] or 0


def _line_view(row: CartItem, terms: Terms, savings: Savings, place: int, *, repriced: bool) -> CartLineView:
    variant, product = row.variant, row.variant.product
    price, normal = terms.price(variant, row.quantity), quantize(variant.effective_price, terms.currency)
    available, allowed = sellable_quantity(variant), terms.allowed(variant.pk)
    problem = _problem(variant, row.quantity, available, allowed)
    return CartLineView(
        id=row.pk,
        variant_id=variant.pk,
        product_slug=product.slug,
        name=product.name,
        options=variant.options,
        sku=variant.sku,
        picture=picture_of(getattr(row, "picture", None), product.name),
        quantity=row.quantity,
        max_quantity=available,
        is_for_sale=variant.is_active and product.is_for_sale,
        unit_price=price,
        # A price in another currency is no price that has changed.
        previous_price=row.unit_price if repriced and row.unit_price != price else None,
        line_total=price * row.quantity,
        problem=problem,
        normal_price=normal if normal > price else None,
        allowed=allowed,
        # The way out of a problem: as many as can be had, or none.
        possible=allowed.nearest(row.quantity, available) if problem and available != 0 else 0,
        stock_note=_stock_note(row, available),
        savings=tuple((given.discount.title, given.parts[place]) for given in savings.given if given.parts[place]),
    )


def _problem(variant: ProductVariant, quantity: int, available: int | None, allowed: Allowed) -> str | None:
    if not variant.is_active or not variant.product.is_for_sale:
        return _("No longer on sale.")
    if available is None or available >= quantity:
        return None if allowed.permits(quantity) else allowed.sentence
    if available == 0:
        return _("Sold out.")
    return ngettext("Only %(number)s left.", "Only %(number)s left.", available) % {"number": number(available)}


def _is_short(quantity: int, available: int | None) -> bool:
    return available is not None and available < quantity


def _stock_note(row: CartItem, available: int | None) -> str | None:
    if _is_short(row.quantity, available) == row.was_short:
        return None
    if row.was_short:
        return _("There are enough again.")
    return _("There are fewer than when you put this into your cart.")


def _remember_announced(rows: Sequence[CartItem], lines: Sequence[CartLineView]) -> None:
    changed = []
    for row, line in zip(rows, lines, strict=True):
        if row.unit_price != line.unit_price or line.stock_note is not None:
            row.unit_price = line.unit_price
            row.was_short = _is_short(row.quantity, line.max_quantity)
            changed.append(row)
    if changed:
        CartItem.objects.bulk_update(changed, ["unit_price", "was_short"])
