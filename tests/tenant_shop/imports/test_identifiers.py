import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.imports.identifiers import sku_of, slug_of


@given(st.text(min_size=1))
def test_every_slug_fits_an_address_and_its_column(name):
    slug = slug_of(name)
    assert re.fullmatch("[a-z0-9_-]{1,255}", slug)
    assert slug_of(name) == slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("classic-varsity-top", "classic-varsity-top"),
        ("Classic Varsity  Top", "classic-varsity-top"),
        ("Women's Café", "womens-cafe"),
        ("5.5 inch", "5-5-inch"),
        ("a_b", "a_b"),
    ],
)
def test_a_name_is_spelt_as_an_address(name, slug):
    assert slug_of(name) == slug


def test_names_in_another_script_never_share_a_slug():
    assert len({slug_of(name) for name in ("日本 tee", "中国 tee", "tee", "日本", "中国", "☕", "-")}) == 7


def test_the_derived_sku_of_a_variant_is_not_the_one_of_another_product():
    assert sku_of("shirt", ["Small"]) == "SHIRT.SMALL"
    assert sku_of("shirt-small", []) == "SHIRT-SMALL"
    assert sku_of("shirt", ["S/M"]) != sku_of("shirt", ["S-M"])


@given(st.text("abc-", min_size=1, max_size=200), st.lists(st.text(min_size=1), max_size=3))
def test_every_derived_sku_fits_its_column(slug, options):
    assert 1 <= len(sku_of(slug, options)) <= 100


@given(st.lists(st.text(min_size=1, max_size=8), min_size=2, max_size=2, unique_by=str.casefold))
def test_two_option_values_have_two_skus(values):
    first, second = values
    if first.strip().casefold() != second.strip().casefold():
        assert sku_of("tee", [first]) != sku_of("tee", [second])
