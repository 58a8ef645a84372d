"""Stock is adjusted by differences with a reason; what is not there cannot be taken away."""

from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.inventory.adjust import NotThatMuchThere, adjust_stock
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import UnknownVariants
from tests.factories.catalog import ProductFactory
from tests.shopping import everything

DAMAGE = StockMovement.Reason.DAMAGE


def test_differences_are_moved_with_their_reason(shop: TenantInfo) -> None:
    mug, cup, pot = (ProductFactory(stock=5).variant_rows.get() for _ in range(3))

    moved = adjust_stock({mug.pk: -2, cup.pk: 3, pot.pk: 0}, reason=DAMAGE, reference="shelf 4", actor="ann")

    assert moved == {mug.pk, cup.pk}
    mug.refresh_from_db()
    cup.refresh_from_db()
    assert (mug.inventory_quantity, cup.inventory_quantity) == (3, 8)
    found = StockMovement.objects.filter(reason="damage").order_by("delta")
    assert [(row.delta, row.reference, row.actor) for row in found] == [(-2, "shelf 4", "ann"), (3, "shelf 4", "ann")]


def test_more_than_is_there_is_refused_and_nothing_moves(shop: TenantInfo) -> None:
    mug, cup = (ProductFactory(stock=5).variant_rows.get() for _ in range(2))
    before = everything()

    with pytest.raises(NotThatMuchThere, match="there are 5, 6 cannot be taken away"):
        adjust_stock({mug.pk: 1, cup.pk: -6}, reason=DAMAGE)
    with pytest.raises(UnknownVariants):
        adjust_stock({mug.pk: 1, uuid4(): 1}, reason=DAMAGE)

    assert everything() == before


def test_what_may_be_back_ordered_goes_below_zero(shop: TenantInfo) -> None:
    mug = ProductFactory(stock=1, allow_backorder=True).variant_rows.get()

    adjust_stock({mug.pk: -3}, reason=DAMAGE)

    mug.refresh_from_db()
    assert mug.inventory_quantity == -2
