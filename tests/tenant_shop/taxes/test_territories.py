"""Parts of EU countries outside the EU's tax area: Directive 2006/112/EC, article 6."""

from decimal import Decimal

import pytest

from tenant_shop.taxes.rates import local_taxes
from tenant_shop.taxes.reverse_charge import buyer_owes_tax
from tenant_shop.taxes.territories import is_outside_tax_area
from tests.tenant_shop.companies.test_tax_ids import AT_ID, settings_of

OUTSIDE = [
    ("DE", "", "27498"), ("DE", "", "78266"), ("IT", "", "23041"), ("IT", "", "22061"), ("it", "", "I-23041"),
    ("ES", "GC", ""), ("ES", "tf ", ""), ("ES", "CE", ""), ("ES", "ML", ""),
    ("ES", "", "35001"), ("ES", "", "38670"), ("ES", "", "51001"), ("ES", "", "52006"),
    ("GR", "", "630 86"), ("FI", "", "22100"), ("FR", "", "97110"), ("FR", "", "97490"), ("FR", "", "98800"),
]  # fmt: skip
INSIDE = [
    ("DE", "", "27499"), ("DE", "", "78267"), ("DE", "", "2749"), ("DE", "", ""), ("IT", "", "23042"),
    ("ES", "M", "28001"), ("ES", "", "36001"), ("GR", "", "63085"), ("FI", "", "00100"), ("FR", "", "75001"),
    ("FR", "", "98000"), ("AT", "", "27498"), ("CH", "", "78266"), (None, "", "27498"),
]  # fmt: skip
RATES = [
    {"country": "", "state": "", "tax_class": "standard", "rate": "0"},
    {"country": "IT", "state": "", "tax_class": "standard", "rate": "0.22"},
    {"country": "DE", "state": "", "tax_class": "standard", "rate": "0.19"},
    {"country": "ES", "state": "", "tax_class": "standard", "rate": "0.21"},
    {"country": "ES", "state": "GC", "tax_class": "standard", "rate": "0.07"},
]


@pytest.mark.parametrize(("country", "state", "postal_code"), OUTSIDE)
def test_these_are_outside_and_nobody_owes_the_tax_of_an_eu_country_there(
    country: str, state: str, postal_code: str
) -> None:
    assert is_outside_tax_area(country, state=state, postal_code=postal_code)
    settings = settings_of(reverse_charge=True, country="BE")
    owes = buyer_owes_tax(settings, confirmed_tax_id=AT_ID, country=country, state=state, postal_code=postal_code)
    assert not owes


@pytest.mark.parametrize(("country", "state", "postal_code"), INSIDE)
def test_these_are_not(country: str | None, state: str, postal_code: str) -> None:
    assert not is_outside_tax_area(country, state=state, postal_code=postal_code)


@pytest.mark.parametrize(
    ("place", "rate"),
    [
        (("IT", "", "20121"), "0.22"),
        (("IT", "", "23041"), "0"),
        (("DE", "", "10115"), "0.19"),
        (("DE", "", "27498"), "0"),  # at home, too
        (("ES", "", "35001"), "0"),
        (("ES", "GC", "35001"), "0.07"),  # the shop's own rate for the state
        (("ES", "TF", ""), "0"),
    ],
)
def test_they_pay_what_everywhere_else_pays(place: tuple[str, str, str], rate: str) -> None:
    settings = settings_of(country="DE", tax_rates=RATES, tax_rate=Decimal("0.16"))
    assert local_taxes(settings, *place).standard == Decimal(rate)


def test_without_a_rate_for_everywhere_else_the_general_one_holds_as_in_other_countries() -> None:
    settings = settings_of(country="DE", tax_rates=RATES[1:], tax_rate=Decimal("0.16"))
    assert local_taxes(settings, "IT", "", "23041").standard == local_taxes(settings, "CH").standard == Decimal("0.16")
