"""Choosing a variant by its options, one value after another."""

from decimal import Decimal
from uuid import uuid4

import pytest

from tenant_shop.catalog.choice import is_offered, nearest, options_of
from tenant_shop.catalog.summary import VariantFacts


def variant(stock: int | None = 1, **options: str) -> VariantFacts:
    return VariantFacts(id=uuid4(), sku="X", options=options, price=Decimal(10), compare_at=None, available=stock)


SMALL_RED = variant(Size="S", Colour="Red")
SMALL_BLUE = variant(0, Size="S", Colour="Blue")
LARGE_BLUE = variant(Size="L", Colour="Blue")
SHIRT = [SMALL_BLUE, SMALL_RED, LARGE_BLUE]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, SMALL_RED),  # the first that can be bought
        ({"Colour": "Blue"}, LARGE_BLUE),  # in stock before the merchant's order
        ({"Size": "S", "Colour": "Blue"}, SMALL_BLUE),  # sold out, but what was asked for
        ({"Size": "L", "Colour": "Red"}, SMALL_RED),  # not made: as near as any, and first
        ({"Size": "L"}, LARGE_BLUE),
        ({"Size": "XXL", "Sleeve": "Long"}, SMALL_RED),  # unknown words count for nothing
    ],
)
def test_the_nearest_variant_is_found(wanted, found):
    assert nearest(SHIRT, wanted) is found


def test_without_variants_there_is_nothing_near():
    assert nearest([], {"Size": "S"}) is None


def test_each_value_is_marked_as_seen_from_what_is_chosen_and_leads_to_the_nearest():
    seen = {
        option.name: [(value.value, value.is_chosen, str(value.availability), value.variant) for value in option.values]
        for option in options_of(SHIRT, SMALL_RED)
    }
    assert seen == {
        "Size": [("S", True, "available", SMALL_RED), ("L", False, "impossible", LARGE_BLUE)],
        "Colour": [("Blue", False, "sold_out", SMALL_BLUE), ("Red", True, "available", SMALL_RED)],
    }


def test_every_variant_can_be_reached_by_choosing_values():
    variants = [
        variant(size, Size=size_name, Colour=colour, Fit=fit)
        for size, size_name in enumerate(("S", "M", "L"))
        for colour in ("Red", "Blue")
        for fit in ("Slim", "Wide")
        if (size_name, colour) != ("M", "Red")
    ]
    reached, open_ends = {variants[0].id}, [variants[0]]
    while open_ends:
        for option in options_of(variants, open_ends.pop()):
            for value in option.values:
                if value.variant.id not in reached:
                    reached.add(value.variant.id)
                    open_ends.append(value.variant)
    assert reached == {one.id for one in variants}


def test_a_variant_without_an_option_has_the_empty_value():
    plain, engraved = variant(Size="S"), variant(Size="S", Engraving="Name")
    options = options_of([plain, engraved], plain)
    assert [(option.name, [value.value for value in option.values]) for option in options] == [
        ("Size", ["S"]),
        ("Engraving", ["", "Name"]),
    ]


def test_one_variant_leaves_nothing_to_choose():
    assert options_of([SMALL_RED], SMALL_RED) == ()


def test_what_is_offered_and_what_is_not():
    assert is_offered(SHIRT, {"Size": "L", "Colour": "Blue"})
    assert is_offered(SHIRT, {})
    assert not is_offered(SHIRT, {"Size": "L", "Colour": "Red"})
