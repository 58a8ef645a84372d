"""A variant's stock is the sum of its movements, whoever writes them and however."""

import psycopg
import pytest
from django.db import IntegrityError
from django.db.models import Sum

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.models import Product
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.models import StockMovement
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.orders import OrderFactory
from tests.tenant_shop.schema.connections import as_app, as_owner, blocked

MOVE = "INSERT INTO stock_movements (variant_id, delta, reason) VALUES (%s, %s, 'sale')"


def move(variant: ProductVariant, delta: int, reason: str = "correction") -> None:
    StockMovement.objects.create(variant=variant, delta=delta, reason=reason)


def quantity(variant: ProductVariant) -> int:
    return ProductVariant.objects.get(pk=variant.pk).inventory_quantity


def ledger(variant: ProductVariant) -> int:
    return StockMovement.objects.filter(variant=variant).aggregate(total=Sum("delta", default=0))["total"]


def test_a_movement_changes_the_variants_stock(shop: TenantInfo) -> None:
    variant = VariantFactory(stock=5)

    move(variant, -2)

    assert quantity(variant) == 3 == ledger(variant)


def test_several_movements_in_one_statement_all_count(shop: TenantInfo) -> None:
    one, other = VariantFactory(stock=5), VariantFactory(stock=5)

    StockMovement.objects.bulk_create(
        StockMovement(variant=variant, delta=delta, reason="correction")
        for variant, delta in [(one, -2), (one, 4), (other, -1)]
    )

    assert (quantity(one), quantity(other)) == (7, 4)


def test_stock_does_not_fall_below_zero(shop: TenantInfo) -> None:
    variant = VariantFactory(stock=2)

    with pytest.raises(IntegrityError, match=f'not enough stock of "{variant.sku}"'):
        move(variant, -3)

    assert quantity(variant) == 2 == ledger(variant)


@pytest.mark.parametrize("lenience", [{"allow_backorder": True}, {"track_inventory": False}])
def test_stock_falls_below_zero_where_the_product_lets_it(shop: TenantInfo, lenience: dict[str, bool]) -> None:
    variant = VariantFactory(stock=2, **{f"product__{key}": value for key, value in lenience.items()})

    move(variant, -3)

    assert quantity(variant) == -1


def test_a_negative_stock_may_be_filled_up_after_backorders_are_turned_off(shop: TenantInfo) -> None:
    variant = VariantFactory(product__allow_backorder=True)
    move(variant, -5)
    Product.objects.filter(pk=variant.product_id).update(allow_backorder=False)

    move(variant, 2)

    assert quantity(variant) == -3
    with pytest.raises(IntegrityError):
        move(variant, -1)
    assert quantity(variant) == -3


def test_the_last_piece_is_sold_once(shop: TenantInfo) -> None:
    variant = VariantFactory(stock=1)
    with as_app(shop) as first, as_app(shop) as second:
        first.execute(MOVE, (variant.pk, -1))
        with blocked(second, MOVE, (variant.pk, -1)) as attempt:
            first.commit()

        with pytest.raises(psycopg.errors.CheckViolation, match="not enough stock"):
            attempt.result()
        second.rollback()

    assert quantity(variant) == 0 == ledger(variant)


def test_stock_is_not_changed_without_a_movement(shop: TenantInfo) -> None:
    variant = VariantFactory(stock=5)

    with pytest.raises(IntegrityError, match="stock_movements only"):
        ProductVariant.objects.filter(pk=variant.pk).update(inventory_quantity=6)
    with pytest.raises(psycopg.errors.CheckViolation, match="stock_movements only"), as_owner(shop) as owner:
        owner.execute("UPDATE product_variants SET inventory_quantity = 6")
    with pytest.raises(IntegrityError, match="stock_movements only"):
        ProductVariant.objects.create(product=variant.product, sku="NEW", inventory_quantity=4)

    assert quantity(variant) == 5
    assert not ProductVariant.objects.filter(sku="NEW").exists()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE stock_movements SET delta = delta + 1", "DELETE FROM stock_movements", "TRUNCATE stock_movements"],
)
def test_movements_are_never_changed(shop: TenantInfo, statement: str) -> None:
    variant = VariantFactory(stock=5)

    with as_app(shop) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)

    assert quantity(variant) == 5 == ledger(variant)


@pytest.mark.parametrize("statement", ["UPDATE stock_movements SET delta = delta + 1", "DELETE FROM stock_movements"])
def test_not_even_the_owner_changes_movements(shop: TenantInfo, statement: str) -> None:
    variant = VariantFactory(stock=5)

    with as_owner(shop) as owner, pytest.raises(psycopg.errors.CheckViolation, match="added, never changed"):
        owner.execute(statement)

    assert ledger(variant) == 5


def test_a_movement_moves_something(shop: TenantInfo) -> None:
    variant = VariantFactory(stock=5)

    with pytest.raises(IntegrityError, match="stock_movements_delta_check"):
        move(variant, 0)


def test_an_order_takes_a_variant_once_and_gives_it_back_once(shop: TenantInfo) -> None:
    variant, order = VariantFactory(stock=5), OrderFactory()
    for delta, reason in [(-2, "sale"), (2, "cancellation")]:
        StockMovement.objects.create(variant=variant, delta=delta, reason=reason, order=order)
        with pytest.raises(IntegrityError, match="stock_movements_once_per_order"):
            StockMovement.objects.create(variant=variant, delta=delta, reason=reason, order=order)

    assert quantity(variant) == 5 == ledger(variant)


def test_deleting_an_unsold_product_takes_its_movements_along(shop: TenantInfo) -> None:
    product = ProductFactory(stock=5)

    product.delete()

    assert not StockMovement.objects.exists()
    assert not ProductVariant.objects.exists()


def test_saving_an_object_read_before_a_sale_does_not_bring_the_stock_back(shop: TenantInfo) -> None:
    variant = VariantFactory(stock=5)
    stale = ProductVariant.objects.get(pk=variant.pk)
    move(variant, -2)

    stale.barcode = "4006381333931"
    stale.save()

    assert quantity(variant) == 3
    assert ProductVariant.objects.get(pk=variant.pk).barcode == "4006381333931"
