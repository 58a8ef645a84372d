"""What a shopper types is checked and tidied."""

from typing import Any

import pytest

from tenant_shop.orders.address import clean_address, clean_contact, countries
from tenant_shop.orders.errors import InvalidAddress, InvalidContact
from tests.shopping import ADDRESS


def test_an_address_is_trimmed_and_complete() -> None:
    raw = {
        "last_name": "  Ada   Lovelace ",
        "address_line_1": "St James's Square\r\n12",
        "postal_code": "sw1y 4jh",
        "city": "London",
        "country": "gb",
    }
    assert clean_address(raw, kind="shipping") == {
        "first_name": "",
        "last_name": "Ada Lovelace",
        "company": "",
        "address_line_1": "St James's Square 12",
        "address_line_2": "",
        "postal_code": "SW1Y 4JH",
        "city": "London",
        "state_province": "",
        "country": "GB",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", ""),
        ("address_line_1", " "),
        ("city", None),
        ("country", ""),
        ("country", "XX"),
        ("country", "EU"),
        ("country", "Germany"),
        ("city", "Ber\x00lin"),
        ("city", "x" * 101),
        ("postal_code", "1" * 21),
    ],
)
def test_a_bad_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidAddress) as refused:
        clean_address({**ADDRESS, field: value}, kind="billing")
    assert list(refused.value.problems) == [field]
    assert refused.value.kind == "billing"


def test_every_bad_field_is_named_at_once() -> None:
    with pytest.raises(InvalidAddress) as refused:
        clean_address({}, kind="shipping")
    assert set(refused.value.problems) == {"last_name", "address_line_1", "country"}


def test_countries_are_those_of_iso_3166() -> None:
    assert {"DE", "US", "JP", "KW"} <= countries()
    assert 245 <= len(countries()) <= 260


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ann"),
        ("email", "ann@example.com\nBcc: all@example.com"),
        ("email", "a" * 250 + "@example.com"),
        ("phone", "1" * 21),
        ("phone", "\x00"),
        ("notes", "\x00"),
        ("notes", "x" * 2001),
    ],
)
def test_a_contact_that_cannot_be_used_is_refused(field: str, value: str) -> None:
    with pytest.raises(InvalidContact) as refused:
        clean_contact(**{"email": "ann@example.com", "phone": "", "notes": "", field: value})
    assert list(refused.value.problems) == [field]
