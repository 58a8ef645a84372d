"""Reading a typed or pasted list of SKUs, and finding what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.carts.quick_order import find_lines, read_list
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.shopping import stocked


@pytest.mark.parametrize(
    ("row", "sku", "quantity"),
    [
        ("AB-100 12", "AB-100", 12),
        ("AB-100;12", "AB-100", 12),
        ("AB-100,12", "AB-100", 12),
        ("AB-100\t12", "AB-100", 12),
        ('"AB-100";"12"', "AB-100", 12),
        ("AB-100 ; 12 ; Mug, blue", "AB-100", 12),
        ("12 x AB-100", "AB-100", 12),
        ("12x AB-100", "AB-100", 12),
        ("AB-100 x 12", "AB-100", 12),
        ("AB 100 12", "AB 100", 12),
        ("BOX12 3", "BOX12", 3),
        ("12X34 3", "12X34", 3),
    ],
)
def test_a_line_is_a_sku_and_a_quantity(row, sku, quantity):
    (line,) = read_list(row)
    assert (line.sku, line.quantity, line.problem) == (sku, quantity, "")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("AB-100", "How many? Write the quantity behind the SKU."),
        ("AB-100;", "How many? Write the quantity behind the SKU."),
        (";5", "There is no SKU in this line."),
        ("AB-100 0", "“0” is no quantity from 1 to 9,999."),
        ("AB-100 -3", "“-3” is no quantity from 1 to 9,999."),
        ("AB-100 1.5", "“1.5” is no quantity from 1 to 9,999."),
        ("AB-100 10000", "“10000” is no quantity from 1 to 9,999."),
        ("AB-100 ٣", "“٣” is no quantity from 1 to 9,999."),
        ("A" * 201, "This line is too long for a SKU and a quantity."),
    ],
)
def test_a_line_that_cannot_be_read_says_why(row, problem):
    (line,) = read_list(row)
    assert (line.quantity, line.problem) == (0, problem)


def test_empty_lines_and_a_heading_are_passed_over_and_lists_end():
    assert [line.sku for line in read_list("SKU;Quantity\n\n A 1 \r\nB 2\n")] == ["A", "B"]
    assert len(read_list("A 1\n" * 5000)) == 200
    assert read_list(" \n\t\n") == []


@given(st.text(max_size=300))
def test_any_text_is_answered_line_by_line(text):
    for line in read_list(text):
        assert line.problem or (line.sku and 1 <= line.quantity <= 9999)


def test_skus_are_found_and_the_rest_is_explained(shop, count_statements):
    mug = stocked(sku="MUG-1")
    shirt = ProductFactory(sku="SHIRT", default_variant=False)
    for size in ("S", "M"):
        VariantFactory(product=shirt, sku=f"SHIRT-{size}", options={"Size": size}, stock=1)
    stocked(sku="OLD", status="archived")

    with count_statements() as statements:
        found = find_lines(read_list("mug-1 2\nSHIRT 1\nOLD 1\nNOPE 3\nMUG-1"))

    assert statements.count == 2
    assert [line.variant for line in found] == [mug, None, None, None, None]
    assert [line.problem for line in found] == [
        "",
        "This article comes in 2 variants. Please give the SKU of one: SHIRT-M, SHIRT-S.",
        "There is no article with the SKU “OLD”.",
        "There is no article with the SKU “NOPE”.",
        "How many? Write the quantity behind the SKU.",
    ]
