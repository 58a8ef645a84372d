"""Which facets a list offers, and how their values are ordered."""

from typing import Any

import pytest

from tenant_shop.catalog.browse import product_list
from tenant_shop.catalog.listing.facets import Facet, parse_facet_choice
from tenant_shop.catalog.listing.filters import Filters
from tests.factories.catalog import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.usefixtures("shop")


def facets(**asked: Any) -> dict[str, Facet]:
    return {facet.name or facet.kind: facet for facet in product_list(**asked).facets}


def values(facet: Facet) -> list[tuple[str, int]]:
    return [(value.label, value.count) for value in facet.values]


def shirt(*sizes: str, **product: Any) -> None:
    made = ProductFactory(default_variant=False, **product)
    for position, size in enumerate(sizes):
        VariantFactory(product=made, options={"Size": size}, position=position, stock=1)


def test_sizes_stand_as_everybody_orders_them_and_other_options_as_the_merchant_does() -> None:
    shirt("XL", "S", "M")
    shirt("S", "XXL")
    assert [label for label, _ in values(facets()["Size"])] == ["S", "M", "XL", "XXL"]
    for _ in range(2):
        made = ProductFactory(default_variant=False)
        for position, finish in enumerate(("raw", "oiled", "black")):
            VariantFactory(product=made, options={"Finish": finish}, position=position, stock=1)
    assert values(facets()["Finish"]) == [("raw", 2), ("oiled", 2), ("black", 2)]


def test_a_size_that_is_sold_out_is_no_choice() -> None:
    shirt("S", "M")
    shirt("S")
    made = ProductFactory(default_variant=False)
    VariantFactory(product=made, options={"Size": "L"})
    VariantFactory(product=made, options={"Size": "M"}, stock=1)
    assert values(facets()["Size"]) == [("S", 2), ("M", 2)]


def test_specifications_that_tell_products_apart_are_facets() -> None:
    for number in range(6):
        ProductFactory(
            specifications={"Material": ("linen", "wool")[number % 2], "Serial": str(number), "Origin": "Portugal"}
        )
    found = facets()
    assert values(found["Material"]) == [("linen", 3), ("wool", 3)]
    assert "Serial" not in found, "almost every product has one of its own"
    assert "Origin" not in found, "all have the same"


def test_the_merchant_marks_facets_and_their_order() -> None:
    for number in range(4):
        ProductFactory(
            specifications={"Material": ("linen", "wool")[number % 2], "Serial": str(number)},
            tags=["featured", "oak" if number % 2 else "ash"],
        )
    assert values(facets()["tag"]) == [("ash", 2), ("oak", 2)]
    marked = parse_facet_choice({"specifications": ["Serial", "Nothing"], "tags": ["oak", "ash", "gone"]})
    found = facets(facet_choice=marked)
    assert list(found) == ["Serial", "tag"]
    assert values(found["tag"]) == [("oak", 2), ("ash", 2)]
    assert facets(facet_choice=parse_facet_choice({"specifications": [], "tags": []})) == {}
    assert parse_facet_choice({"tags": "oak", "options": [1, "Size"]}) == parse_facet_choice({"options": ["Size"]})


def test_facets_stay_while_a_shopper_narrows_the_list() -> None:
    shirt("S", tags=["warm"], specifications={"Material": "wool"})
    shirt("S", tags=["warm"], specifications={"Material": "wool"})
    shirt("S", "M", tags=["light"], specifications={"Material": "linen"})
    found = facets(filters=Filters(specifications={"Material": ("linen",)}))
    assert values(found["Material"]) == [("linen", 1), ("wool", 2)]
    assert values(found["Size"]) == [("S", 1), ("M", 1)]


def test_a_chosen_value_stays_where_nothing_is_left_of_it() -> None:
    shirt("S", "M")
    shirt("S", "M")
    found = facets(filters=Filters(options={"Size": ("XS",)}, brands=("gone",)), category_slugs=("nowhere",))
    assert [(value.label, value.is_chosen) for value in found["Size"].values] == [("XS", True)]
    assert [(value.label, value.is_chosen) for value in found["brand"].values] == [("gone", True)]
    assert [(value.label, value.is_chosen) for value in found["category"].values] == [("nowhere", True)]


def test_categories_are_counted_by_branch_and_open_where_chosen() -> None:
    home = CategoryFactory(name="Home", slug="home")
    mugs = CategoryFactory(name="Mugs", slug="mugs", parent=home)
    CategoryFactory(name="Empty", slug="empty")
    garden = CategoryFactory(name="Garden", slug="garden", sort_order=5)
    for category in (home, mugs, mugs, garden):
        ProductFactory(category=category)
    assert values(facets()["category"]) == [("Home", 3), ("Garden", 1)]
    opened = facets(category_slugs=("home",))["category"]
    assert [(value.label, value.count, value.depth) for value in opened.values] == [
        ("Home", 3, 0),
        ("Mugs", 2, 1),
        ("Garden", 1, 0),
    ]
    assert "category" not in facets(category=mugs.pk)


def test_a_brand_that_is_closed_is_no_choice() -> None:
    for name, is_active in (("Ada", True), ("bolt", True), ("Closed", False)):
        ProductFactory(brand=BrandFactory(name=name, slug=name.lower(), is_active=is_active))
    assert values(facets()["brand"]) == [("Ada", 1), ("bolt", 1)]
    assert product_list(filters=Filters(brands=("closed",))).counts.total == 0
