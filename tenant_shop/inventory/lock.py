"""Locking stock."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from uuid import UUID

from django.db.models import QuerySet

from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.errors import GoodsChanged

# What is asked of goods when they are sold, besides how many there are. Texts and pictures can be edited meanwhile.
DECISIVE = (
    "sku", "options", "price", "compare_at_price", "weight", "is_active", "product_id",
    "product__name", "product__sku", "product__price", "product__compare_at_price", "product__category_id",
    "product__brand_id", "product__tax_class", "product__weight", "product__status", "product__visibility",
    "product__track_inventory", "product__allow_backorder",
)  # fmt: skip
# What a variant with its product is read with for `lock_as_read`: all that a sale asks.
ASKED_BY_A_SALE = (*DECISIVE, "inventory_quantity", "product__inventory_quantity")
_decisive = attrgetter(*(name.replace("__", ".") for name in DECISIVE))


def lock_variants(variant_ids: Iterable[UUID]) -> dict[UUID, ProductVariant]:
    """The variants, locked until the transaction ends, with their products; unknown ids are left out. One statement.

    Everything that takes or returns stock locks here first, by key: two orders for the same goods wait for each other,
    never in a circle. The products' rows are locked later, by the triggers that keep their totals, in key order too.
    Errors: TransactionManagementError outside a transaction.
    """
    return _locked(_with_products(variant_ids))


def lock_as_read(read: Mapping[UUID, ProductVariant]) -> dict[UUID, ProductVariant]:
    """As `lock_variants`, of variants by which a sale was decided already; `ASKED_BY_A_SALE` is all that is read.

    Whoever prices first and locks then holds goods that many want for a few statements only.
    Errors: GoodsChanged when anything that decides is not what it was; stock may have moved.
    """
    locked = _locked(_with_products(read).only(*ASKED_BY_A_SALE))
    if locked.keys() != read.keys() or any(_decisive(locked[key]) != _decisive(read[key]) for key in read):
        raise GoodsChanged
    return locked


def _with_products(variant_ids: Iterable[UUID]) -> QuerySet[ProductVariant]:
    return ProductVariant.objects.select_related("product").filter(pk__in=set(variant_ids))


def _locked(rows: QuerySet[ProductVariant]) -> dict[UUID, ProductVariant]:
    return {row.pk: row for row in rows.select_for_update(no_key=True, of=("self",)).order_by("pk")}
