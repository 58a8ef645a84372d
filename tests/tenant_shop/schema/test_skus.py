"""An SKU belongs to one product; the product and one of its variants may share it."""

import psycopg
import pytest
from django.db import IntegrityError

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.tenant_shop.schema.connections import as_app, as_owner, blocked


def registry(shop: TenantInfo) -> set[str]:
    with as_owner(shop) as owner:
        return {row[0] for row in owner.execute("SELECT sku FROM product_skus")}


def test_a_variant_may_carry_its_own_products_sku(shop: TenantInfo) -> None:
    ProductFactory(sku="SHIRT")

    assert ProductVariant.objects.get().sku == "SHIRT"
    assert registry(shop) == {"SHIRT"}


def test_a_variant_cannot_carry_another_products_sku(shop: TenantInfo) -> None:
    VariantFactory(product__sku="SHIRT", sku="SHIRT-M")
    shoe = ProductFactory(sku="SHOE")

    with pytest.raises(IntegrityError, match='SKU "SHIRT" belongs to another product'):
        VariantFactory(product=shoe, sku="SHIRT")
    with pytest.raises(IntegrityError, match='SKU "SHIRT" belongs to another product'):
        ProductVariant.objects.filter(sku="SHOE").update(sku="SHIRT")

    assert list(shoe.variant_rows.values_list("sku", flat=True)) == ["SHOE"]
    assert registry(shop) == {"SHIRT", "SHIRT-M", "SHOE"}


def test_a_product_cannot_carry_another_products_variants_sku(shop: TenantInfo) -> None:
    VariantFactory(sku="SHIRT-M")

    with pytest.raises(IntegrityError, match='SKU "SHIRT-M" belongs to another product'):
        ProductFactory(sku="SHIRT-M")

    assert Product.objects.count() == 1


def test_an_sku_that_nobody_carries_any_more_is_free(shop: TenantInfo) -> None:
    product = ProductFactory(sku="SHIRT")
    VariantFactory(product=product, sku="SHIRT-M")

    Product.objects.filter(pk=product.pk).update(sku="BLOUSE")
    assert registry(shop) == {"SHIRT", "BLOUSE", "SHIRT-M"}  # the variant still carries SHIRT
    ProductVariant.objects.filter(sku="SHIRT").update(sku="BLOUSE")
    assert registry(shop) == {"BLOUSE", "SHIRT-M"}
    ProductVariant.objects.filter(sku="SHIRT-M").delete()
    assert registry(shop) == {"BLOUSE"}
    product.delete()
    assert registry(shop) == set()

    assert ProductFactory(sku="SHIRT").sku == "SHIRT"


def test_two_products_taking_one_sku_at_once_cannot_both_have_it(shop: TenantInfo) -> None:
    one, other = ProductFactory(sku="ONE"), ProductFactory(sku="OTHER")
    with as_app(shop) as first, as_app(shop) as second:
        first.execute("UPDATE products SET sku = 'NEW' WHERE id = %s", (one.pk,))
        statement = "UPDATE product_variants SET sku = 'NEW' WHERE product_id = %s"
        with blocked(second, statement, (other.pk,)) as attempt:
            first.commit()
        with pytest.raises(psycopg.errors.UniqueViolation, match="belongs to another product"):
            attempt.result()
        second.rollback()

    assert registry(shop) == {"NEW", "ONE", "OTHER"}


def test_an_sku_given_up_and_taken_by_the_same_product_at_once_stays_registered(shop: TenantInfo) -> None:
    product = ProductFactory(sku="SHIRT")
    ProductVariant.objects.update(sku="SHIRT-S")
    with as_app(shop) as first, as_app(shop) as second:
        first.execute("UPDATE products SET sku = 'BLOUSE' WHERE id = %s", (product.pk,))
        statement = "UPDATE product_variants SET sku = 'SHIRT' WHERE product_id = %s"
        with blocked(second, statement, (product.pk,)) as taking:
            first.commit()
        taking.result()
        second.commit()

    assert registry(shop) == {"BLOUSE", "SHIRT"}


def test_skus_are_unique_among_products_and_among_variants(shop: TenantInfo) -> None:
    product = ProductFactory(sku="SHIRT")

    with pytest.raises(IntegrityError, match="products_sku_key"):
        ProductFactory(sku="SHIRT")
    with pytest.raises(IntegrityError, match="product_variants_sku_key"):
        VariantFactory(product=product, sku="SHIRT")
