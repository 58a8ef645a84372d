"""Goods come in, and the stock can be proven."""

from uuid import uuid4

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.receive import receive_stock
from tenant_shop.verification.verify_shop import verify_shop
from tests.shopping import everything, stock_of, stocked


def test_a_delivery_is_added_and_named(shop: TenantInfo) -> None:
    mug, shirt = stocked(stock=1), stocked(stock=0)
    receive_stock({mug.pk: 4, shirt.pk: 2}, reference="note 17", actor="ann")
    assert (stock_of(mug), stock_of(shirt)) == (5, 2)
    rows = StockMovement.objects.filter(reason="received").values_list("variant_id", "delta", "reference", "actor")
    assert set(rows) == {(mug.pk, 4, "note 17", "ann"), (shirt.pk, 2, "note 17", "ann")}
    assert verify_shop() == []


def test_a_bad_delivery_adds_nothing(shop: TenantInfo) -> None:
    mug = stocked(stock=1)
    before = everything()
    for bad in ({mug.pk: 0}, {mug.pk: 3, uuid4(): 1}, {mug.pk: -1}):
        with pytest.raises(ValueError, match=r"at least one|no variants"):
            receive_stock(bad)
    assert everything() == before
