"""Finding products by words."""

import pytest
from django.contrib.postgres.search import SearchQuery

from platform_core.tenancy.connections import shop_connection
from tenant_shop.catalog.browse import product_list
from tenant_shop.catalog.search import postgresql
from tenant_shop.catalog.search.matches import MAX_CANDIDATES
from tenant_shop.models import Product
from tests.factories.catalog import ProductFactory, VariantFactory


@pytest.fixture
def goods(shop) -> None:
    ProductFactory(slug="mug", name="Stoneware mug", sku="MUG-01", description="For coffee.", stock=1)
    ProductFactory(slug="bowl", name="Serving bowl", sku="BOWL-01", description="Goes with the stoneware mug.", stock=1)
    ProductFactory(slug="lamp", name="Reading lamp", sku="LAMP-01", status="draft")


def found(text: str) -> list[str]:
    return [product.slug for product in product_list(text=text)]


@pytest.mark.usefixtures("goods")
def test_words_are_found_in_every_form_and_the_name_counts_more():
    assert found("stoneware mugs") == ["mug", "bowl"]
    assert found("MUG") == ["mug", "bowl"]
    assert found("stonew") == ["mug", "bowl"], "the last word may be unfinished"
    assert found("served") == ["bowl"]
    assert found("mug lamp") == []
    assert found("lamp") == [], "a draft"


@pytest.mark.usefixtures("goods")
def test_an_sku_is_found_in_either_case_and_of_a_variant_too():
    VariantFactory(product=Product.objects.get(slug="bowl"), sku="BOWL-XL", options={"Size": "XL"})
    assert found("mug-01") == ["mug"]
    assert found("bowl-xl") == ["bowl"]


@pytest.mark.usefixtures("goods")
def test_anything_may_be_typed():
    for text in ("' OR 1=1 --", "!!!", "a:* & b", "((", "\\", "the", "%", "<->", "mug\x00", "é" * 500, "a " * 200):
        found(text)
    assert found("mug\x00") == ["mug", "bowl"]
    assert found("!!!") == []


@pytest.mark.usefixtures("goods")
def test_the_index_is_used():
    query = SearchQuery("mug:*", search_type="raw", config="english")
    found = postgresql._with_words(Product.objects.all(), query).order_by().values("pk")
    assert """to_tsvector('english', "products"."name" || ' ' || COALESCE("products"."description", ''))""" in str(
        found.query
    )
    with shop_connection().cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        plan = found.explain()
        cursor.execute("RESET enable_seqscan")
    assert "idx_products_search" in plan


@pytest.mark.usefixtures("goods")
def test_a_word_that_is_everywhere_makes_a_bounded_number_of_candidates():
    sql = str(postgresql._ranked("mug", ["mug"]).query)
    assert f"LIMIT {MAX_CANDIDATES}" in sql
