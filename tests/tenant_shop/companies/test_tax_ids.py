"""Tax ids as they are typed and kept, and who owes the tax."""

from decimal import Decimal

import pytest

from smartseller.eu_tax_ids import country_of_tax_id
from tenant_shop.companies.errors import InvalidTaxId
from tenant_shop.companies.models import Company
from tenant_shop.companies.tax_ids import read_tax_id
from tenant_shop.orders.destination import taxes_at
from tenant_shop.taxes.reverse_charge import buyer_owes_tax
from tests.companies import AT_ID, DE_ID, FR_ID
from tests.shopping import settings_of


@pytest.mark.parametrize(
    ("written", "country", "kept", "state"),
    [
        ("DE 136 695 976", "DE", "DE136695976", "format_ok"),
        ("136695976", "DE", "DE136695976", "format_ok"),
        ("atu 13585627", "DE", "ATU13585627", "format_ok"),  # another EU country's
        ("U13585627", "AT", "ATU13585627", "format_ok"),
        ("GR 094259216", "GR", "EL094259216", "format_ok"),
        ("EL094259216", "GR", "EL094259216", "format_ok"),
        ("FR 40 303 265 045", "FR", "FR40303265045", "format_ok"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA", "format_ok"),
        ("anything 12", "AQ", "ANYTHING12", "unchecked"),
        ("  ", "DE", "", "unchecked"),
    ],
)
def test_an_id_is_kept_in_one_spelling(written: str, country: str, kept: str, state: str) -> None:
    read = read_tax_id(written, country)
    assert (read.text, read.state) == (kept, state)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("DE136695977", "DE"),
        ("12", "DE"),
        ("CHE-107.787.578 IVA", "CH"),
        ("x" * 31, "AQ"),
        ("<b>1</b>", "AQ"),
        ("٣", "DE"),
    ],
)
def test_what_cannot_be_one_is_refused(written: str, country: str) -> None:
    with pytest.raises(InvalidTaxId):
        read_tax_id(written, country)


def test_an_id_says_its_country() -> None:
    assert [country_of_tax_id(each) for each in (DE_ID, AT_ID, FR_ID, "EL094259216", "XI980780684", "", "DE1")] == [
        "DE",
        "AT",
        "FR",
        "GR",
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    ("changes", "tax_id", "country", "owes"),
    [
        ({}, AT_ID, "AT", True),
        ({}, FR_ID, "AT", True),  # the goods leave the country, the id is another's
        ({}, AT_ID, "DE", False),  # delivered at home
        ({}, DE_ID, "AT", False),  # an id of the shop's own country
        ({}, AT_ID, "CH", False),  # not in the EU
        ({}, AT_ID, None, False),
        ({}, "", "AT", False),
        ({"reverse_charge": False}, AT_ID, "AT", False),
        ({"country": "CH"}, AT_ID, "AT", False),
        ({"country": "GB"}, AT_ID, "AT", False),
    ],
)
def test_who_owes_the_tax(changes: dict[str, object], tax_id: str, country: str | None, owes: bool) -> None:
    settings = settings_of(**{"reverse_charge": True, **changes})
    assert buyer_owes_tax(settings, confirmed_tax_id=tax_id, country=country) is owes


@pytest.mark.parametrize(("state", "owes"), [("M", True), ("GC", False), ("tf ", False), ("CE", False), ("ML", False)])
def test_places_outside_the_eus_tax_area_are_taxed_as_ever(state: str, owes: bool) -> None:
    settings = settings_of(reverse_charge=True, tax_rate=Decimal("0.19"))
    company = Company(country="AT", tax_id=AT_ID, tax_id_state=Company.TaxIdState.CONFIRMED)
    taxes = taxes_at(settings, None, "ES", state, company)
    assert (taxes.reversed_from is not None) is owes
    assert taxes.on_goods("standard").rate == (0 if owes else Decimal("0.19"))
