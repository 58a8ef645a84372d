"""Addresses follow the rules of their country; what nobody could deliver to is refused with a helpful word."""

from typing import Any

import pytest

from tenant_shop.orders.address import clean_address, clean_recipient, countries
from tenant_shop.orders.address_rules import address_rules, tidy_postal_code
from tenant_shop.orders.errors import InvalidAddress

NAMED = {"first_name": "Ann", "last_name": "Example", "address_line_1": "1 Main Street"}


WRONG_FORM = "This does not look like a code of this country. It has the form of %s."


def cleaned(country: str, postal_code: str = "", city: str = "", state: str = "") -> dict[str, str]:
    place = {"country": country, "postal_code": postal_code, "city": city, "state_province": state}
    return clean_address({**NAMED, **place}, kind="shipping")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("US", "94105", "San Francisco", "california"), ("94105", "CA")),
        (("US", "94105-1234", "San Francisco", "ca"), ("94105-1234", "CA")),
        (("CA", "h3z 2y7", "Montréal", "Quebec"), ("H3Z 2Y7", "QC")),
        (("GB", "ec1y8sy", "London", ""), ("EC1Y8SY", "")),
        (("IT", "20121", "Milano", "Milano"), ("20121", "MI")),
        (("JP", "154-0023", "世田谷区", "Tokyo"), ("154-0023", "東京都")),
        (("JP", "\uff11\uff15\uff14-0023", "世田谷区", "東京都"), ("154-0023", "東京都")),
        (("SG", "546080", "", ""), ("546080", "")),
        (("AE", "", "", "Dubai"), ("", "إمارة دبيّ")),
        (("HK", "", "", "Kowloon"), ("", "Kowloon")),
        (("IE", "", "Dublin", ""), ("", "")),
        (("DE", "10115", "Berlin", "Berlin"), ("10115", "Berlin")),  # not asked for, and kept as it was given
        (("EG", "١٢٤١١", "Cairo", ""), ("12411", "")),
    ],
)
def test_what_a_country_knows_is_kept_in_its_own_form(typed: tuple[str, ...], kept: tuple[str, str]) -> None:
    address = cleaned(*typed)
    assert (address["postal_code"], address["state_province"]) == kept


@pytest.mark.parametrize(
    ("typed", "problems"),
    [
        (("US", "94105", "San Francisco", ""), {"state_province": "Please choose from the list: State."}),
        (("US", "94105", "San Francisco", "Bavaria"), {"state_province": "Please choose from the list: State."}),
        (("US", "", "San Francisco", "CA"), {"postal_code": "Please fill in: ZIP code, such as 95014."}),
        (("US", "9410", "San Francisco", "CA"), {"postal_code": WRONG_FORM % "95014"}),
        (("DE", "D-10115", "Berlin", ""), {"postal_code": WRONG_FORM % "26133"}),
        (("DE", "10115", "", ""), {"city": "Please give a city."}),
        (("IN", "", "Pune", "Maharashtra"), {"postal_code": "Please fill in: PIN code, such as 110034."}),
        (("XX", "", "", ""), {"country": "Please choose a country."}),
    ],
)
def test_what_is_missing_or_wrong_is_said_field_by_field(typed: tuple[str, ...], problems: dict[str, str]) -> None:
    with pytest.raises(InvalidAddress) as refusal:
        cleaned(*typed)
    assert refusal.value.problems == problems


def test_every_country_has_rules_whose_own_example_fits() -> None:
    for country in countries():
        rules = address_rules(country)
        assert not rules.postal_problem(rules.postal_example) or not rules.postal_example, country
        assert rules.required <= rules.parts, country
        assert len({state.key for state in rules.states}) == len(rules.states), country
        assert all(name for _, name in rules.state_choices("en")), country


@pytest.mark.parametrize(
    ("country", "label", "count"),
    [
        ("US", "ZIP code", 62),
        ("DE", "Postal code (PLZ)", 0),
        ("GB", "Postcode", 0),
        ("IE", "Eircode", 26),
        ("BR", "Postal code", 27),
    ],
)
def test_the_postal_code_is_called_what_people_there_call_it(country: str, label: str, count: int) -> None:
    rules = address_rules(country)
    assert (str(rules.postal_label), len(rules.states)) == (label, count)


def test_states_are_offered_in_letters_that_the_page_is_read_in() -> None:
    emirates = address_rules("AE")
    assert ("إمارة دبيّ", "Dubai") in emirates.state_choices("en")
    assert ("إمارة دبيّ", "دبي") in emirates.state_choices("ar")
    assert tidy_postal_code("e1 6an") == "E1 6AN"


@pytest.mark.parametrize("raw", [{"last_name": "Example"}, {"last_name": "Example", "postal_code": "nonsense"}])
def test_who_picks_up_gives_a_name_only(raw: dict[str, Any]) -> None:
    found = clean_recipient(raw, country="US")
    assert (found["last_name"], found["country"], found["postal_code"]) == ("Example", "US", "")
