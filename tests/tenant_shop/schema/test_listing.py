"""What lists go by follows products, variants, stock and reviews, and moves only when it must."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.listing.conditions import entry
from tenant_shop.catalog.listing.models import ProductListing
from tenant_shop.models import Product, ProductReview, ProductVariant
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.tenant_shop.schema.connections import as_app, as_owner, blocked


def listing(product: Product) -> ProductListing:
    return ProductListing.objects.get(product=product)


def tuples_updated(connection: Any) -> int:
    """Rows of `product_listing` that this transaction has updated so far."""
    row = connection.execute("SELECT pg_stat_get_xact_tuples_updated('product_listing'::regclass)").fetchone()
    return int(row[0])


def test_a_listing_says_what_its_product_says(shop: TenantInfo) -> None:
    brand, category = BrandFactory(), CategoryFactory()
    shirt = ProductFactory(
        name="Shirt",
        brand=brand,
        category=category,
        price=Decimal("20"),
        compare_at_price=Decimal("30"),
        tags=["summer", " ", "summer"],
        specifications={"Material": ["linen", "cotton"], "Washable": True, "Notes": "x" * 200, "Nothing": None},
        default_variant=False,
        published_at=timezone.now(),
    )
    VariantFactory(product=shirt, options={"Size": "S", "Colour": "Red"}, position=1)
    VariantFactory(product=shirt, options={"Size": "M", "Colour": "Red"}, position=2, stock=1, price=Decimal("25"))
    VariantFactory(product=shirt, options={"Size": "L", "Colour": "Blue"}, position=3, stock=1, is_active=False)
    found = listing(shirt)

    assert (found.is_listed, found.is_in_stock, found.name) == (True, True, "Shirt")
    assert (found.price_low, found.price_high, found.compare_at_price) == (Decimal(20), Decimal(25), Decimal(30))
    assert (found.category_id, found.brand_id, found.published_at) == (category.pk, brand.pk, shirt.published_at)
    assert dict(zip(found.facets, found.ranks, strict=True)) == {
        entry("b", str(brand.pk)): None,
        entry("c", str(category.pk)): None,
        entry("o", "Colour", "Red"): 1,
        entry("o", "Size", "M"): 2,
        entry("s", "Material", "cotton"): None,
        entry("s", "Material", "linen"): None,
        entry("s", "Washable", "true"): None,
        entry("t", "summer"): None,
    }
    assert found.variants_in_stock == [{"price": 25, "options": ["Colour\x1fRed", "Size\x1fM"]}]


@pytest.mark.parametrize(
    ("changes", "listed", "in_stock"),
    [
        ({}, True, True),
        ({"visibility": "catalog_only"}, True, False),
        ({"visibility": "hidden"}, False, False),
        ({"status": "draft"}, False, False),
        ({"status": "inactive"}, False, False),
        ({"status": "archived"}, False, False),
        ({"track_inventory": False, "stock": 0}, True, True),
        ({"allow_backorder": True, "stock": 0}, True, False),
        ({"allow_backorder": True, "stock": 1}, True, True),
        ({"stock": 0}, True, False),
    ],
)
def test_what_is_listed_and_what_is_in_stock(
    shop: TenantInfo, changes: dict[str, Any], listed: bool, in_stock: bool
) -> None:
    found = listing(ProductFactory(**{"stock": 1, **changes}))
    assert (found.is_listed, found.is_in_stock) == (listed, in_stock)


@pytest.mark.parametrize(
    "specifications", [[], {}, [{"name": "Material", "value": "linen"}, "x", {"value": 1}], "text", 7, {"a": {"b": 1}}]
)
@pytest.mark.parametrize("options", [{}, ["a"], "text", {"Size": None}, {"Size": {"a": 1}}, {" ": "x", "y" * 100: "z"}])
def test_columns_of_any_shape_are_taken(shop: TenantInfo, specifications: Any, options: Any) -> None:
    product = ProductFactory(specifications=specifications, default_variant=False)
    VariantFactory(product=product, options=options, stock=1)
    words = [word for word in listing(product).facets if word.startswith("s")]
    assert words == ([entry("s", "Material", "linen")] if isinstance(specifications, list) and specifications else [])


def test_a_sale_that_leaves_some_moves_nothing(shop: TenantInfo) -> None:
    variant = ProductVariant.objects.get(product=ProductFactory(stock=5))
    with as_app(shop) as app:
        for delta, updated in ((-4, 0), (-1, 1), (3, 2), (4, 2)):
            app.execute(
                "INSERT INTO stock_movements (id, variant_id, delta, reason) "
                "VALUES (gen_random_uuid(), %s, %s, 'correction')",
                (variant.pk, delta),
            )
            assert tuples_updated(app) == updated, delta
    assert listing(variant.product).is_in_stock


def test_a_product_leaves_the_list_with_its_row(shop: TenantInfo) -> None:
    product = ProductFactory(stock=1)
    product.delete()
    assert not ProductListing.objects.exists()


def test_only_approved_reviews_count_wherever_they_move(shop: TenantInfo) -> None:
    mug, cup = ProductFactory(), ProductFactory()
    customer = CustomerFactory()
    review = ProductReview.objects.create(product=mug, customer=customer, rating=4, status="pending")
    assert (listing(mug).rating_average, listing(mug).review_count) == (None, 0)
    ProductReview.objects.filter(pk=review.pk).update(status="approved")
    for _ in range(2):
        ProductReview.objects.create(product=mug, customer=CustomerFactory(), rating=5, status="approved")
    assert (listing(mug).rating_average, listing(mug).review_count) == (Decimal("4.67"), 3)
    ProductReview.objects.filter(pk=review.pk).update(product=cup)
    assert (listing(mug).rating_average, listing(cup).rating_average) == (Decimal(5), Decimal(4))
    ProductReview.objects.all().delete()
    assert (listing(mug).rating_average, listing(mug).review_count) == (None, 0)


def test_two_reviews_approved_at_once_both_count(shop: TenantInfo) -> None:
    product, customer, another = ProductFactory(), CustomerFactory(), CustomerFactory()
    insert = (
        "INSERT INTO product_reviews (id, product_id, customer_id, rating, status) "
        "VALUES (gen_random_uuid(), %s, %s, %s, 'approved')"
    )
    with as_app(shop) as one, as_app(shop) as other:
        one.execute(insert, (product.pk, customer.pk, 5))
        with blocked(other, insert, (product.pk, another.pk, 2)) as waiting:
            one.commit()
        waiting.result()
        other.commit()
    assert (listing(product).rating_average, listing(product).review_count) == (Decimal("3.50"), 2)


def test_nobody_writes_a_listing_by_hand(shop: TenantInfo) -> None:
    product = ProductFactory(stock=1)
    with pytest.raises(IntegrityError, match="kept from products"):
        ProductListing.objects.filter(product=product).update(price_low=Decimal(1))
    assert listing(product).price_low == product.price


def test_open_shops_are_filled_when_the_table_comes(shop: TenantInfo) -> None:
    """The view says the same as the rows, so filling from it and keeping by trigger agree."""
    product = ProductFactory(tags=["a"], stock=1)
    VariantFactory(product=product, options={"Size": "M"}, stock=2)
    with as_owner(shop) as owner:
        differing = owner.execute(
            "SELECT count(*) FROM product_listing_facts AS facts JOIN product_listing AS listing USING (product_id) "
            "WHERE (facts.facets, facts.price_low, facts.variants_in_stock, facts.is_listed) "
            "IS DISTINCT FROM (listing.facets, listing.price_low, listing.variants_in_stock, listing.is_listed)"
        ).fetchone()
    assert differing == (0,)
