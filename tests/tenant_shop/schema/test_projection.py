"""A product's row shows its variants and their stock, and shows nothing else."""

from typing import Any

import psycopg
import pytest
from django.db import IntegrityError

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.tenant_shop.schema.connections import as_app, as_owner, blocked


def shown(product: Product) -> tuple[int, list[str]]:
    """The stock and the SKUs that the product's row shows."""
    product.refresh_from_db()
    return product.inventory_quantity, [variant["sku"] for variant in product.variants]


def test_a_product_shows_its_variants_in_their_order(shop: TenantInfo) -> None:
    product = ProductFactory(sku="SHIRT")
    VariantFactory(product=product, sku="SHIRT-L", position=2, stock=4, price="21.5", options={"Size": "L"})
    VariantFactory(product=product, sku="SHIRT-M", position=1, stock=3, is_active=False, barcode="4006381333931")

    assert shown(product) == (7, ["SHIRT", "SHIRT-M", "SHIRT-L"])
    large = ProductVariant.objects.get(sku="SHIRT-L")
    assert product.variants[2] == {
        "id": str(large.pk),
        "sku": "SHIRT-L",
        "options": {"Size": "L"},
        "price": "21.500",
        "compare_at_price": None,
        "barcode": None,
        "inventory_quantity": 4,
        "is_active": True,
    }


def test_the_projection_follows_changes_movements_and_deletions(shop: TenantInfo) -> None:
    product = ProductFactory(sku="SHIRT", stock=5)
    extra = VariantFactory(product=product, sku="SHIRT-L", position=1, stock=4)

    ProductVariant.objects.filter(pk=extra.pk).update(sku="SHIRT-XL")
    assert shown(product) == (9, ["SHIRT", "SHIRT-XL"])
    StockMovement.objects.create(variant=extra, delta=-3, reason="correction")
    assert shown(product) == (6, ["SHIRT", "SHIRT-XL"])
    extra.delete()
    assert shown(product) == (5, ["SHIRT"])


def test_a_statement_over_many_variants_writes_each_product_once(shop: TenantInfo) -> None:
    products = [ProductFactory(), ProductFactory()]
    for product in products:
        for _ in range(3):
            VariantFactory(product=product)
    with as_owner(shop) as owner:
        before = product_updates(owner)
        owner.execute("UPDATE product_variants SET barcode = '4006381333931'")

        assert product_updates(owner) - before == 2


def product_updates(connection: Any) -> int:
    """Rows of `products` that this transaction has updated so far."""
    row = connection.execute("SELECT pg_stat_get_xact_tuples_updated('products'::regclass)").fetchone()
    return int(row[0])


def test_a_change_that_is_not_shown_leaves_the_product_alone(shop: TenantInfo) -> None:
    product = ProductFactory()
    before = Product.objects.get(pk=product.pk).updated_at

    ProductVariant.objects.filter(product=product).update(cost_price="3.000")

    assert Product.objects.get(pk=product.pk).updated_at == before


def test_sales_of_two_variants_at_once_are_both_shown(shop: TenantInfo) -> None:
    product = ProductFactory(stock=5)
    other = VariantFactory(product=product, stock=5)
    move = "INSERT INTO stock_movements (variant_id, delta, reason) VALUES (%s, -1, 'sale')"
    with as_app(shop) as first, as_app(shop) as second:
        first.execute(move, (product.variant_rows.get(sku=product.sku).pk,))
        with blocked(second, move, (other.pk,)) as sale:
            first.commit()
        sale.result()
        second.commit()

    product.refresh_from_db()
    assert product.inventory_quantity == 8
    assert [variant["inventory_quantity"] for variant in product.variants] == [4, 4]


@pytest.mark.parametrize("change", [{"inventory_quantity": 99}, {"variants": []}])
def test_the_projection_is_not_written_by_hand(shop: TenantInfo, change: dict[str, Any]) -> None:
    product = ProductFactory(stock=5)

    with pytest.raises(IntegrityError, match="kept from product_variants"):
        Product.objects.filter(pk=product.pk).update(**change)
    with pytest.raises(IntegrityError, match="kept from product_variants"), shop_transaction():
        Product.objects.create(name="New", slug="new", sku="NEW", price=1, **{**change, "inventory_quantity": 1})

    assert shown(product) == (5, [product.sku])
    assert Product.objects.count() == 1


def test_saving_a_stale_product_keeps_what_is_shown(shop: TenantInfo) -> None:
    product = ProductFactory(stock=5)
    stale = Product.objects.get(pk=product.pk)
    VariantFactory(product=product, sku="MORE", position=1, stock=2)

    stale.name = "Renamed"
    stale.save()

    assert shown(product) == (7, [product.sku, "MORE"])
    assert product.name == "Renamed"


def test_a_product_needs_a_variant_when_its_transaction_commits(shop: TenantInfo) -> None:
    with pytest.raises(IntegrityError, match="has no variant"):
        ProductFactory(default_variant=False).save()

    assert not Product.objects.exists()


def test_the_last_variant_of_a_product_stays(shop: TenantInfo) -> None:
    product = ProductFactory()

    with pytest.raises(IntegrityError, match="has no variant"):
        product.variant_rows.all().delete()

    assert product.variant_rows.count() == 1


def test_of_two_last_variants_deleted_at_once_one_stays(shop: TenantInfo) -> None:
    product = ProductFactory()
    other = VariantFactory(product=product)
    delete = "DELETE FROM product_variants WHERE id = %s"
    with as_app(shop) as first, as_app(shop) as second:
        first.execute(delete, (product.variant_rows.get(sku=product.sku).pk,))
        with blocked(second, delete, (other.pk,)) as deletion:
            first.commit()
        deletion.result()
        with pytest.raises(psycopg.errors.CheckViolation, match="has no variant"):
            second.commit()

    assert shown(product) == (0, [other.sku])


def test_a_variant_stays_with_its_product(shop: TenantInfo) -> None:
    variant, elsewhere = VariantFactory(), ProductFactory()

    with pytest.raises(IntegrityError, match="stays with its product"):
        ProductVariant.objects.filter(pk=variant.pk).update(product=elsewhere)


def test_two_variants_of_a_product_differ_in_their_options_and_can_swap_them(shop: TenantInfo) -> None:
    small = VariantFactory(options={"Size": "S"})
    medium = VariantFactory(product=small.product, options={"Size": "M"})

    with pytest.raises(IntegrityError, match="product_variants_options_key"):
        VariantFactory(product=small.product, options={"Size": "M"})
    with as_app(shop) as app:
        app.execute("""UPDATE product_variants SET options = CASE options->>'Size'
                       WHEN 'S' THEN '{"Size": "M"}'::jsonb ELSE '{"Size": "S"}'::jsonb END""")

    small.refresh_from_db()
    medium.refresh_from_db()
    assert (small.options, medium.options) == ({"Size": "M"}, {"Size": "S"})
