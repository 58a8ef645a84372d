"""Reading a cart's rows."""

from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Subquery, When
from django.utils import timezone

from tenant_shop.carts.models import CartItem, CartLoss, ShoppingCart
from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.summary import picture_facts

MAX_LINES = 200
MAX_QUANTITY = 9999


def open_cart(cart_id: UUID | None) -> ShoppingCart | None:
    """The cart if it can still be changed and ordered: known, not ordered, not expired. One SELECT, or none.

    `lost` are the names of what was deleted while it was in there, until they are told.
    """
    lost = ArraySubquery(CartLoss.objects.filter(cart=OuterRef("pk")).order_by("created_at", "id").values("name"))
    cart = None if cart_id is None else ShoppingCart.objects.annotate(lost=lost).filter(pk=cart_id).first()
    return cart if cart is not None and is_usable(cart) else None


def lock_cart(cart_id: UUID | None) -> ShoppingCart | None:
    """The cart whatever its state, locked until the transaction ends: changing and ordering it wait for each other."""
    if cart_id is None:
        return None
    return ShoppingCart.objects.select_for_update(no_key=True).filter(pk=cart_id).first()


def is_usable(cart: ShoppingCart) -> bool:
    return cart.is_open and cart.frozen_at is None and cart.expires_at > timezone.now()


def lines_of(cart_id: UUID) -> list[CartItem]:
    """The lines with their variants and products, oldest first, a picture's facts as `picture`. One SELECT."""
    pictures = ProductImage.objects.filter(product=OuterRef("product")).order_by("-is_primary", "sort_order", "id")
    return list(
        CartItem.objects.filter(cart_id=cart_id)
        .select_related("variant__product")
        .annotate(
            picture=Case(
                When(variant__image__isnull=False, then=picture_facts("variant__image__")),
                default=Subquery(pictures.values(found=picture_facts())[:1]),
            )
        )
        .order_by("created_at", "id")
    )
