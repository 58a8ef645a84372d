"""Every country that parcels go to is looked for under one continent."""

from collections import Counter

from smartseller.continents import CONTINENTS
from smartseller.eu_tax_ids import MEMBER_STATES
from tenant_shop.orders.address import countries


def test_every_country_is_on_one_continent() -> None:
    placed = Counter(code for codes in CONTINENTS.values() for code in codes)

    assert set(placed) == countries()
    assert set(placed.values()) == {1}


def test_the_union_is_in_europe() -> None:
    assert CONTINENTS["Europe"] >= MEMBER_STATES
