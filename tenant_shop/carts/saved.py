"""What a shopper has laid aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Case, OuterRef, Q, Subquery, When
from django.utils import timezone

from tenant_shop.carts.models import SavedItem
from tenant_shop.catalog.models import ProductImage
from tenant_shop.catalog.summary import Picture, picture_facts, picture_of
from tenant_shop.configuration.settings import ShopSettings
from tenant_shop.inventory.shortage import sellable_quantity
from tenant_shop.pricing.terms import Terms, terms_for

# Things that are laid aside at once.
MAX_SAVED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedOwner:
    """Whose list it is: a customer's, or else the one that the visitor's session knows."""

    customer_id: UUID | None = None
    list_id: UUID | None = None

    @property
    def rows(self) -> Q:
        if self.customer_id is not None:
            return Q(customer=self.customer_id)
        return Q(list_id=self.list_id) if self.list_id is not None else Q(pk=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLineView:
    """A thing at today's price, in the shop's currency. `can_return` says whether any can be bought now."""

    id: UUID
    product_slug: str
    name: str
    options: Mapping[str, str]
    picture: Picture | None
    quantity: int
    unit_price: Decimal
    previous_price: Decimal | None
    can_return: bool


def read_saved(owner: SavedOwner, settings: ShopSettings) -> list[SavedLineView]:
    """What is laid aside and has not expired, the newest first, at what it costs its owner. One statement, none for a
    visitor without a list; three more for prices and rules of quantity where the shop has them.
    """
    if owner.customer_id is None and owner.list_id is None:
        return []
    pictures = ProductImage.objects.filter(product=OuterRef("variant__product")).order_by(
        "-is_primary", "sort_order", "id"
    )
    rows = (
        SavedItem.objects.filter(owner.rows, expires_at__gt=timezone.now())
        .select_related("variant__product")
        .annotate(
            picture=Case(
                When(variant__image__isnull=False, then=picture_facts("variant__image__")),
                default=Subquery(pictures.values(found=picture_facts())[:1]),
            )
        )
        .order_by("-created_at", "-id")
    )
    found = list(rows[:MAX_SAVED])
    if not found:
        return []
    terms = terms_for(owner.customer_id, [row.variant for row in found], settings)
    return [_view(row, terms) for row in found]


def _view(row: SavedItem, terms: Terms) -> SavedLineView:
    variant, product = row.variant, row.variant.product
    price = terms.price(variant, row.quantity)
    return SavedLineView(
        id=row.pk,
        product_slug=product.slug,
        name=product.name,
        options=variant.options,
        picture=picture_of(getattr(row, "picture", None), product.name),
        quantity=row.quantity,
        unit_price=price,
        previous_price=row.unit_price if row.unit_price != price else None,
        can_return=variant.is_active and product.is_for_sale and sellable_quantity(variant) != 0,
    )
