"""What search looks at follows every change by itself, also of two at once."""

import json

import pytest
from django.db.models import F

from platform_core.tenancy.connections import shop_connection
from platform_core.tenancy.context import TenantInfo
from tenant_shop.catalog.search.find import search
from tenant_shop.configuration.models import Setting
from tenant_shop.models import Brand, Category, Product, ProductVariant
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from tests.tenant_shop.schema.connections import as_app, as_owner, blocked


def found(text: str) -> list[str]:
    slugs = dict(Product.objects.values_list("pk", "slug"))
    return [slugs[pk] for pk in search(text).ids]


def rows(sql: str) -> list[tuple[object, ...]]:
    with shop_connection().cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def drift() -> list[tuple[object, ...]]:
    """Products whose row of search is not what it would be if it were made now."""
    before = set(rows("SELECT product_id::TEXT, is_listed, configuration, words::TEXT, phrase FROM product_search"))
    rows("DELETE FROM product_search RETURNING 1")
    rows("SELECT refresh_product_search(ARRAY(SELECT id FROM products))")
    after = set(rows("SELECT product_id::TEXT, is_listed, configuration, words::TEXT, phrase FROM product_search"))
    return sorted(before ^ after)


def test_renaming_a_brand_or_a_category_is_found_at_once(shop: TenantInfo) -> None:
    brand, shelf = BrandFactory(name="Nordhem"), CategoryFactory(name="Lighting")
    ProductFactory(slug="lamp", name="Reading aid", brand=brand, category=shelf)
    ProductFactory(slug="other", name="Chair")
    assert (found("nordhem"), found("lighting")) == (["lamp"], ["lamp"])

    Brand.objects.filter(pk=brand.pk).update(name="Südheim")
    Category.objects.filter(pk=shelf.pk).update(name="Luminaires")

    assert (found("nordhem"), found("lighting")) == ([], [])
    assert (found("sudheim"), found("luminaire")) == (["lamp"], ["lamp"])
    assert drift() == []


def test_every_change_of_a_product_is_found_at_once(shop: TenantInfo) -> None:
    product = ProductFactory(slug="one", name="Alpha", sku="A-1")
    for change, text in (
        ({"name": "Bravo"}, "bravo"),
        ({"sku": "CHARLIE-1"}, "charlie1"),
        ({"brand": BrandFactory(name="Delta")}, "delta"),
        ({"category": CategoryFactory(name="Echo")}, "echo"),
        ({"tags": ["foxtrot"]}, "foxtrot"),
        ({"short_description": "golf"}, "golf"),
        ({"description": "<p class='x'>hotel&nbsp;india</p><script>evil()</script>"}, "hotel india"),
        ({"specifications": {"a": {"b": ["juliett", 17]}}}, "juliett"),
        ({"features": ["kilo"]}, "kilo"),
    ):
        assert found(text) == []
        Product.objects.filter(pk=product.pk).update(**change)
        assert found(text) == ["one"], change
    for text in ("alpha", "evil", "class", "nbsp"):
        assert found(text) == [], text
    assert drift() == []


def test_variants_come_and_go(shop: TenantInfo) -> None:
    product = ProductFactory(slug="shirt", name="Shirt", sku="S")
    large = VariantFactory(product=product, sku="SH-1001", options={"Colour": "Crimson"})
    assert (found("sh-1001"), found("crimson")) == (["shirt"], ["shirt"])

    ProductVariant.objects.filter(pk=large.pk).update(sku="SH-2002", options={"Colour": "Teal"}, barcode="400638133")
    assert (found("sh-1001"), found("crimson")) == ([], [])
    assert (found("sh-2002"), found("teal"), found("400638133")) == (["shirt"], ["shirt"], ["shirt"])
    large.delete()
    assert (found("sh-2002"), found("teal")) == ([], [])
    assert drift() == []


def test_a_deleted_product_leaves_nothing_behind(shop: TenantInfo) -> None:
    product = ProductFactory(name="Ephemeral")
    VariantFactory(product=product)
    Product.objects.filter(pk=product.pk).delete()

    assert rows("SELECT * FROM product_search") == []
    assert search("ephemeral").ids == ()


def test_a_sale_does_not_touch_the_rows_of_search(shop: TenantInfo) -> None:
    product = ProductFactory(stock=5)
    before = rows("SELECT xmin::TEXT FROM product_search")
    with as_app(shop) as app:
        app.execute(
            "INSERT INTO stock_movements (variant_id, delta, reason) SELECT id, -1, 'sale' FROM product_variants"
        )
    Product.objects.filter(pk=product.pk).update(price=F("price") + 1)
    product.refresh_from_db()
    product.save()

    assert product.inventory_quantity == 4
    assert rows("SELECT xmin::TEXT FROM product_search") == before


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("UPDATE brands SET name = 'Renamed'", "UPDATE products SET name = 'Changed'", "renamed changed"),
        ("UPDATE categories SET name = 'Refiled'", "UPDATE products SET name = 'Changed'", "refiled changed"),
        ("UPDATE products SET name = 'Changed'", "UPDATE brands SET name = 'Renamed'", "renamed changed"),
        ("UPDATE product_variants SET sku = 'NEW-77'", "UPDATE brands SET name = 'Renamed'", "renamed new77"),
    ],
)
def test_of_two_changes_at_once_neither_is_lost(shop: TenantInfo, first: str, second: str, text: str) -> None:
    ProductFactory(slug="one", name="Thing", brand=BrandFactory(name="Old"), category=CategoryFactory(name="Shelf"))
    with as_app(shop) as one, as_app(shop) as other:
        one.execute(first)
        with blocked(other, second) as waiting:
            one.commit()
        waiting.result()
        other.commit()

    assert found(text) == ["one"]
    assert drift() == []


@pytest.mark.slow
def test_a_book_for_a_description_and_thousands_of_variants_are_saved(shop: TenantInfo) -> None:
    words = " ".join(f"word{number}" for number in range(200_000))
    product = ProductFactory(
        slug="big", name="x" * 255, description=words, tags=["t" * 2000], specifications={"all": words}
    )
    with as_app(shop) as app:
        app.execute(
            "INSERT INTO product_variants (product_id, sku, options) "
            "SELECT %s, repeat('A1', 48) || n, jsonb_build_object('n', n) FROM generate_series(1000, 4000) AS n",
            (product.pk,),
        )
    assert found("word7") == ["big"]


@pytest.mark.parametrize("value", ['"just text"', "[1, [2]]", "null", "17", '{"a": null}'])
def test_documents_of_any_shape_are_read(shop: TenantInfo, value: str) -> None:
    product = ProductFactory(slug="odd", name="Odd")
    document = json.loads(value)
    for column in ("specifications", "features"):
        if document is not None:
            Product.objects.filter(pk=product.pk).update(**{column: document})
    if document is not None:
        ProductVariant.objects.filter(product=product).update(options=document)
    assert found("odd") == ["odd"]


def test_the_role_that_serves_requests_needs_no_other_rights(shop: TenantInfo) -> None:
    ProductFactory(slug="mug", name="Mug")
    with as_app(shop) as app, as_owner(shop) as owner:
        for connection in (app, owner):
            assert connection.execute("SELECT cardinality(ids) FROM search_products('mug')").fetchone() == (1,)


def test_the_first_products_are_read_in_the_shops_language(shop: TenantInfo) -> None:
    Setting.objects.update_or_create(key="language", defaults={"value": "de"})
    try:
        ProductFactory(slug="houses", name="Häuser aus Holz")
        assert rows("SELECT configuration FROM search_index") == [("german",)]
        for text in ("haus", "Häusern", "hausern", "häuser aus", "für Häuser"):
            assert found(text) == ["houses"], text
    finally:
        Setting.objects.filter(key="language").delete()


def test_a_rare_word_is_found_by_the_index(shop: TenantInfo) -> None:
    with as_owner(shop) as owner:
        owner.execute("SET LOCAL enable_seqscan = off")
        plans = [
            "\n".join(
                row[0] for row in owner.execute(f"EXPLAIN SELECT 1 FROM product_search WHERE is_listed AND {found}")
            )
            for found in ("words @@ 'mug'", "phrase LIKE '%mug%'", "'mug' <% phrase")
        ]
    assert [("product_search_words" in plan, "product_search_phrase" in plan) for plan in plans] == [
        (True, False),
        (False, True),
        (False, True),
    ]
