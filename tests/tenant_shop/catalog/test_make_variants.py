"""Options make variants: every combination once, none twice, and no more than a page can show."""

import pytest

from platform_core.tenancy.context import TenantInfo
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.catalog.make_variants import TooManyVariants, make_variants
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopping import everything


def test_what_is_there_stays_and_only_what_is_missing_is_made(shop: TenantInfo) -> None:
    product = ProductFactory(sku="HAT")
    product.variant_rows.update(options={"Size": "S"})

    with shop_transaction():
        made = make_variants(product, {"Size": ["S", "M"]})
        again = make_variants(product, {"Size": ["S", "M"]})

    assert ([variant.options for variant in made], again) == ([{"Size": "M"}], [])
    assert [variant.sku for variant in product.variant_rows.all()] == ["HAT", "HAT-M"]


def test_another_option_is_combined_with_those_that_variants_have(shop: TenantInfo) -> None:
    product = ProductFactory(sku="HAT")
    product.variant_rows.update(options={"Size": "S"})
    VariantFactory(product=product, options={"Size": "M"}, sku="HAT-M", position=1)
    other = ProductFactory(sku="HAT-S-BLUE")

    with shop_transaction():
        make_variants(product, {"Colour": ["Red", "Blue"]})

    found = {variant.sku: variant.options for variant in product.variant_rows.all()}
    assert found["HAT"] == {"Size": "S", "Colour": "Red"}
    assert found["HAT-M"] == {"Size": "M", "Colour": "Red"}
    assert other.sku not in found
    assert sorted(str(sorted(options.values())) for options in found.values()) == [
        "['Blue', 'M']", "['Blue', 'S']", "['M', 'Red']", "['Red', 'S']",
    ]  # fmt: skip


def test_too_many_are_refused_and_none_is_made(shop: TenantInfo) -> None:
    product = ProductFactory()
    before = everything()

    with pytest.raises(TooManyVariants, match="256 variants"), shop_transaction():
        make_variants(product, {"A": [*"abcdefghijklmnop"], "B": [*"abcdefghijklmnop"]})

    assert everything() == before
