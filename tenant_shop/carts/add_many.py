"""Putting many things into a cart at once: each wholly or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from platform_core.tenancy.transactions import shop_transaction
from smartseller.errors import RuleViolation
from tenant_shop.carts.change import change, keep_cart, open_new
from tenant_shop.carts.errors import CartFull, InvalidQuantity, VariantUnavailable
from tenant_shop.carts.lines import MAX_LINES, MAX_QUANTITY, is_usable, lock_cart
from tenant_shop.carts.models import CartItem
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.inventory.errors import OutOfStock
from tenant_shop.inventory.shortage import shortages, summed_demand
from tenant_shop.pricing.check import wrong_quantities
from tenant_shop.pricing.errors import QuantityNotAllowed
from tenant_shop.pricing.terms import Terms, terms_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """`added` are pieces by variant; `refused` says of each variant that was left out why. `cart_id` is None when
    nothing was added to a visitor who had no cart."""

    cart_id: UUID | None
    added: Mapping[UUID, int]
    refused: Mapping[UUID, RuleViolation]


def add_lines(
    cart_id: UUID | None, wanted: Iterable[tuple[UUID, int]], *, session_id: str, customer_id: UUID | None = None
) -> Added:
    """Put pieces of many variants into the cart; a variant that is named twice counts once, with the sum.

    A variant of which not all pieces can be had (counting what the cart holds already) is left out altogether, and the
    others go in, and so is one that is not sold in such a number. A cart is opened as by `add_line`, but only for
    something to put in. At most nine statements, however many variants; three more for prices and rules of quantity
    where the shop has them.
    """
    demand = summed_demand(wanted)
    settings = shop_settings()
    with shop_transaction():
        on_sale = ProductVariant.objects.for_sale().select_related("product").filter(pk__in=demand)
        variants = {variant.pk: variant for variant in on_sale}
        terms = terms_for(customer_id, variants.values(), settings)
        cart = lock_cart(cart_id)
        if cart is not None and not (is_usable(cart) and cart.customer_id == customer_id):
            cart = None
        if cart is None:
            # Nothing is opened for nothing; but the session may have an open cart already, with lines that count.
            added, refused = _judge(demand, variants, {}, terms)
            if not added:
                return Added(cart_id=None, added={}, refused=refused)
            cart = open_new(session_id, settings.currency, customer_id=customer_id)
        lines = {line.variant_id: line for line in CartItem.objects.filter(cart=cart)}
        added, refused = _judge(demand, variants, lines, terms)
        more = [line for variant_id, line in lines.items() if variant_id in added]
        for line in more:
            change(line, variants[line.variant_id], line.quantity + added[line.variant_id], terms)
        CartItem.objects.bulk_update(more, ["quantity", "unit_price"])
        CartItem.objects.bulk_create(
            CartItem(
                cart=cart,
                product_id=variants[variant_id].product_id,
                variant_id=variant_id,
                quantity=pieces,
                unit_price=terms.price(variants[variant_id], pieces),
                variant_info=variants[variant_id].options,
            )
            for variant_id, pieces in added.items()
            if variant_id not in lines
        )
        keep_cart(cart)
    return Added(cart_id=cart.pk, added=added, refused=refused)


def _judge(
    demand: Mapping[UUID, int],
    variants: Mapping[UUID, ProductVariant],
    lines: Mapping[UUID, CartItem],
    terms: Terms,
) -> tuple[dict[UUID, int], dict[UUID, RuleViolation]]:
    """What of the demand can go into a cart with these lines, and why the rest cannot."""
    added: dict[UUID, int] = {}
    refused: dict[UUID, RuleViolation] = {}
    for variant_id, pieces in demand.items():
        held = lines[variant_id].quantity if variant_id in lines else 0
        room = MAX_LINES - len(lines.keys() | added.keys())
        refusal = _refusal(variants.get(variant_id), variant_id, pieces, held=held, room=room, terms=terms)
        if refusal:
            refused[variant_id] = refusal
        else:
            added[variant_id] = pieces
    return added, refused


def _refusal(
    variant: ProductVariant | None, variant_id: UUID, pieces: int, *, held: int, room: int, terms: Terms
) -> RuleViolation | None:
    if variant is None:
        return VariantUnavailable(variant_id)
    if not pieces >= 1 or pieces + held > MAX_QUANTITY:
        return InvalidQuantity(pieces + held, MAX_QUANTITY)
    if missing := shortages({variant_id: pieces + held}, {variant_id: variant}):
        return OutOfStock(missing)
    if wrong := wrong_quantities({variant_id: pieces + held}, {variant_id: variant}, terms):
        return QuantityNotAllowed(wrong)
    return CartFull(MAX_LINES) if not held and room <= 0 else None
