"""Tax in and on amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_shop.taxes.rates import TaxRule

CENTS = st.decimals(min_value=0, max_value=1_000_000, places=2)
RATES = st.decimals(min_value=0, max_value=Decimal("0.99"), places=4)


@pytest.mark.parametrize(
    ("amount", "rate", "currency", "on_top", "inside"),
    [
        ("119.00", "0.19", "EUR", "22.61", "19.00"),
        ("0.01", "0.19", "EUR", "0.00", "0.00"),
        ("9.99", "0.07", "EUR", "0.70", "0.65"),
        ("1.50", "0.05", "EUR", "0.08", "0.07"),
        ("1000", "0.10", "JPY", "100", "91"),
        ("1.000", "0.05", "KWD", "0.050", "0.048"),
        ("100.00", "0", "EUR", "0.00", "0.00"),
    ],
)
def test_tax_is_rounded_half_up(amount: str, rate: str, currency: str, on_top: str, inside: str) -> None:
    assert TaxRule(Decimal(rate), included=False).on(Decimal(amount), currency) == Decimal(on_top)
    assert TaxRule(Decimal(rate), included=True).on(Decimal(amount), currency) == Decimal(inside)


@given(CENTS, RATES)
def test_included_tax_is_less_than_the_price_and_never_negative(amount: Decimal, rate: Decimal) -> None:
    assert 0 <= TaxRule(rate, included=True).on(amount, "EUR") <= amount
