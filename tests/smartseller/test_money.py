from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartseller.money import allocate, display, is_current_currency, minor_units, quantize, smallest_unit

CURRENCIES = st.sampled_from(["JPY", "EUR", "KWD"])
WEIGHTS = st.lists(
    st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False), min_size=1, max_size=30
).filter(any)


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("EUR", 2), ("USD", 2), ("KWD", 3), ("BHD", 3)])
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_units(currency) == digits
    assert smallest_unit(currency) == Decimal(10) ** -digits


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XYZ1"])
def test_what_iso_4217_does_not_list_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="no ISO 4217 currency"):
        minor_units(code)


@pytest.mark.parametrize("code", ["EUR", "USD", "JPY", "KWD", "CHF", "VES"])
def test_a_shop_sells_in_what_is_legal_tender_today(code: str) -> None:
    assert is_current_currency(code)


@pytest.mark.parametrize("code", ["XXX", "XAU", "XTS", "XDR", "DEM", "VEF", "CHE", "USN", "eur", "", "EURO"])
def test_metals_test_codes_and_former_money_are_none(code: str) -> None:
    assert not is_current_currency(code)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "EUR", "0.01"),
        ("0.004999", "EUR", "0.00"),
        ("-0.005", "EUR", "-0.01"),
        ("2.5", "JPY", "3"),
        ("-2.5", "JPY", "-3"),
        ("3.5", "JPY", "4"),
        ("1.0005", "KWD", "1.001"),
        ("1", "KWD", "1.000"),
    ],
)
def test_half_a_unit_is_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(quantize(Decimal(amount), currency)) == rounded


@given(
    amount=st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False),
    currency=CURRENCIES,
)
def test_rounding_moves_an_amount_by_half_a_unit_at_most_and_only_once(amount: Decimal, currency: str) -> None:
    rounded = quantize(amount, currency)

    assert abs(rounded - amount) <= smallest_unit(currency) / 2
    assert quantize(rounded, currency) == rounded
    assert rounded == amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP)


@given(units=st.integers(min_value=0, max_value=10**12), weights=WEIGHTS, currency=CURRENCIES)
def test_the_parts_add_up_and_none_is_a_whole_unit_off_its_exact_share(
    units: int, weights: list[Decimal], currency: str
) -> None:
    unit = smallest_unit(currency)
    total = units * unit

    parts = allocate(total, weights, currency)

    assert sum(parts) == total
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert part % unit == 0
        assert part >= 0
        assert abs(part - total * weight / sum(weights)) < unit


@given(units=st.integers(min_value=0, max_value=10**9), weights=WEIGHTS, currency=CURRENCIES)
def test_a_weight_of_zero_gets_nothing(units: int, weights: list[Decimal], currency: str) -> None:
    parts = allocate(units * smallest_unit(currency), [*weights, Decimal(0)], currency)

    assert parts[-1] == 0


def test_the_rest_goes_to_the_largest_remainders_and_to_the_earlier_among_equals() -> None:
    assert allocate(Decimal("100.00"), [Decimal(1)] * 3, "EUR") == [
        Decimal("33.34"),
        Decimal("33.33"),
        Decimal("33.33"),
    ]
    assert allocate(Decimal("0.05"), [Decimal(3), Decimal(7)], "EUR") == [Decimal("0.02"), Decimal("0.03")]
    assert allocate(Decimal(10), [Decimal(1), Decimal(1), Decimal(4)], "JPY") == [Decimal(2), Decimal(2), Decimal(6)]


def test_nothing_is_shared_over_nothing() -> None:
    assert allocate(Decimal("0.00"), [Decimal(0), Decimal(0)], "EUR") == [Decimal("0.00"), Decimal("0.00")]


@pytest.mark.parametrize(
    ("total", "weights", "currency"),
    [
        ("-0.01", ["1"], "EUR"),
        ("1.00", ["2", "-1"], "EUR"),
        ("0.001", ["1"], "EUR"),
        ("0.5", ["1"], "JPY"),
        ("1.00", ["0", "0"], "EUR"),
        ("1.00", [], "EUR"),
    ],
)
def test_what_cannot_be_shared_exactly_is_refused(total: str, weights: list[str], currency: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        allocate(Decimal(total), [Decimal(weight) for weight in weights], currency)


def test_people_read_an_amount_in_their_own_way() -> None:
    assert display(Decimal("1234.5"), "EUR", "en") == "€1,234.50"
    assert display(Decimal("1234.5"), "EUR", "de") == "1.234,50\u00a0€"
    assert display(Decimal(1234), "JPY", "en") == "¥1,234"


def test_nothing_has_no_minus() -> None:
    assert display(Decimal("-0.00"), "EUR", "en") == display(Decimal("0.00"), "EUR", "en") == "€0.00"
