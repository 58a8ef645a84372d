"""Related products: bought together, then alike; sold out last; the same ones every time."""

import pytest

from tenant_shop.catalog.related import related_products
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.factories.orders import OrderFactory, OrderItemFactory


@pytest.fixture
def boots(shop):
    return ProductFactory(
        name="Boots", category=CategoryFactory(), brand=BrandFactory(), tags=["leather", "trail"], stock=1
    )


def names(product, limit=10):
    found = related_products(
        product.pk,
        category_id=product.category_id,
        brand_id=product.brand_id,
        tags=tuple(product.tags),
        limit=limit,
    )
    return [other.name for other in found]


def buy_together(*products, times=1):
    for _ in range(times):
        order = OrderFactory()
        for product in products:
            OrderItemFactory(order=order, variant=product.variant_rows.first(), product=product)


def test_what_was_bought_together_comes_before_what_is_alike(boots, count_statements):
    ProductFactory(name="Same brand", brand=boots.brand, stock=1)
    ProductFactory(name="Same shelf", category=boots.category, stock=1)
    ProductFactory(name="Same shelf and brand", category=boots.category, brand=boots.brand, stock=1)
    ProductFactory(name="One tag", tags=["leather"], stock=1)
    ProductFactory(name="Two tags", tags=["leather", "trail", "x"], stock=1)
    ProductFactory(name="Same shelf, sold out", category=boots.category)
    ProductFactory(name="Nothing in common", category=CategoryFactory(), brand=BrandFactory(), tags=["y"], stock=1)
    socks = ProductFactory(name="Socks", stock=1)
    buy_together(boots, socks, times=2)
    buy_together(socks, ProductFactory(name="Soap", stock=1))

    with count_statements() as statements:
        found = names(boots)

    assert statements.count == 1
    assert found == [
        "Socks",
        "Same shelf and brand",
        "Same shelf",
        "Two tags",
        "Same brand",
        "One tag",
        "Same shelf, sold out",
    ]
    assert names(boots) == found
    assert names(boots, limit=2) == found[:2]


def test_what_shoppers_may_not_see_is_not_recommended(boots):
    for values in (
        {"status": "draft"},
        {"status": "archived"},
        {"visibility": "hidden"},
        {"visibility": "catalog_only"},
    ):
        product = ProductFactory(category=boots.category, stock=1, **values)
        buy_together(boots, product)
    assert names(boots) == []


def test_a_product_without_anything_has_nothing_related(shop):
    product = ProductFactory()
    VariantFactory()
    assert names(product) == []
