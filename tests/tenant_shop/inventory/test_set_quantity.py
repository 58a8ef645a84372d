from uuid import uuid4

import pytest
from django.db import IntegrityError

from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import UnknownVariants, set_quantities

COUNTED = StockMovement.Reason.CORRECTION


@pytest.fixture
def variant(shop):
    with shop_transaction():
        product = Product.objects.create(name="Tee", slug="tee", sku="TEE", price=1)
        return ProductVariant.objects.create(product=product, sku="TEE")


def stock():
    return ProductVariant.objects.get().inventory_quantity, list(StockMovement.objects.values_list("delta", flat=True))


def test_the_quantity_is_reached_by_one_movement_and_an_equal_count_writes_none(variant, count_statements):
    assert set_quantities({variant.pk: 5}, reason=COUNTED, reference="shelf 3") == {variant.pk}
    assert set_quantities({variant.pk: 2}, reason=COUNTED) == {variant.pk}
    with count_statements() as statements:
        assert set_quantities({variant.pk: 2}, reason=COUNTED) == set()
    assert statements.count == 1
    assert stock() == (2, [5, -3])


def test_an_unknown_variant_refuses_the_whole_count(variant):
    with pytest.raises(UnknownVariants):
        set_quantities({variant.pk: 5, uuid4(): 1}, reason=COUNTED)
    assert stock() == (0, [])


def test_a_tracked_stock_cannot_be_counted_below_zero(variant):
    with pytest.raises(IntegrityError):
        set_quantities({variant.pk: -1}, reason=COUNTED)
    assert stock() == (0, [])
