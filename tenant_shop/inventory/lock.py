"""Locking stock."""

from collections.abc import Iterable
from uuid import UUID

from tenant_shop.catalog.variants import ProductVariant


def lock_variants(variant_ids: Iterable[UUID]) -> dict[UUID, ProductVariant]:
    """The variants, locked until the transaction ends, with their products; unknown ids are left out. One statement.

    Everything that takes or returns stock locks here first, by key: two orders for the same goods wait for each other,
    never in a circle. The products' rows are locked later, by the triggers that keep their totals, in key order too.
    Errors: TransactionManagementError outside a transaction.
    """
    rows = (
        ProductVariant.objects.select_related("product")
        .select_for_update(no_key=True, of=("self",))
        .filter(pk__in=set(variant_ids))
        .order_by("pk")
    )
    return {variant.pk: variant for variant in rows}
