"""Weights and lengths in other units than those that are kept."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartseller.measures import SIZES, stored_of, written_in


@pytest.mark.parametrize(
    ("typed", "unit", "stored"),
    [
        ("1", "lb", "453.59"), ("1.1", "lb", "498.95"), ("1", "oz", "28.35"), ("0.5", "kg", "500.00"),
        ("12.345", "g", "12.35"), ("1", "in", "2.54"), ("7", "mm", "0.70"),
    ],
)  # fmt: skip
def test_what_is_typed_is_kept_in_grams_and_centimetres_and_found_again(typed: str, unit: str, stored: str) -> None:
    assert stored_of(Decimal(typed), unit) == Decimal(stored)
    assert Decimal(written_in(Decimal(stored), unit)) == Decimal(typed if typed != "12.345" else "12.35")


@given(st.decimals(0, Decimal("999999.99"), places=2), st.sampled_from(sorted(SIZES)))
def test_whatever_is_kept_is_read_as_it_was_written(stored: Decimal, unit: str) -> None:
    assert stored_of(Decimal(written_in(stored, unit)), unit) == stored
