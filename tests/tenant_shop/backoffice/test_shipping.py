"""Shipping zones in the back office: no place twice, no band over another, no JSON."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.accounts.models import AccessRole
from platform_core.tenancy.context import TenantInfo, tenant_context
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tests.back_office import inline
from tests.people import staff_browser
from tests.shopping import everything

LIST, ADD = "/admin/tenant_shop/shippingzone/", "/admin/tenant_shop/shippingzone/add/"
RATE = {"name": "Parcel", "note": "2 days", "amount": "4.90", "position": "0"}


def form(*rates: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "name": "Nearby",
        "kind": "places",
        "countries": ["AT", "DE"],
        "states": "us:ak, US:HI",
        "position": "0",
        **inline("rates", list(rates or [RATE])),
        **changes,
    }


def test_a_zone_is_entered_with_its_rates_and_holds_at_once(acme: TenantInfo) -> None:
    browser = staff_browser(acme)
    assert browser.post(ADD, form(RATE | {"free_above": "50", "max_weight": "5000"})).status_code == 302
    with tenant_context(acme):
        zone, rate = ShippingZone.objects.get(), ShippingZoneRate.objects.get()
        (kept,) = shop_settings().shipping_zones
    assert zone.places == ["AT", "DE", "US:AK", "US:HI"]
    assert (rate.name, rate.amount, rate.free_above, rate.max_weight) == ("Parcel", Decimal("4.9"), 50, 5000)
    assert kept["rates"][0]["name"] == "Parcel"
    assert "Austria, Germany, US:AK and 1 more" in browser.get(LIST).content.decode()
    assert 'value="US:AK, US:HI"' in browser.get(f"{LIST}{zone.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("said", "kept"), [({"days_from": "1", "days_to": "3"}, (1, 3)), ({"days_to": "2"}, (2, 2)), ({}, (None, None))]
)
def test_days_are_entered_with_the_rate(said: dict[str, str], kept: tuple[Any, Any], acme: TenantInfo) -> None:
    assert staff_browser(acme).post(ADD, form(RATE | said)).status_code == 302
    with tenant_context(acme):
        (rate,) = shop_settings().shipping_zones[0]["rates"]
    assert (rate["days_from"], rate["days_to"]) == kept


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (form(countries=[], states=""), "Choose the countries of this zone"),
        (form(countries=["XX"]), "Select a valid choice"),
        (form(states="Alaska"), "is no state"),
        (form(states="XX:AK"), "is no country"),
        (form(states="US:"), "is no state"),
        (form(states="US:Bavaria"), "has no “Bavaria”"),
        (form(countries=["FR"]), "FR is in the zone “West” already"),
        (form(states="be:Vlaanderen"), "BE:VLAANDEREN is in the zone “West” already"),
        (form(kind="elsewhere"), "Only a zone of countries and states has any"),
        (form(kind="elsewhere", countries=[], states=""), "There is a zone for the rest of the world already"),
        (form(kind="moon"), "Select a valid choice"),
        (form(name="West"), "already exists"),
        (form(RATE | {"amount": "-1"}), "This cannot be less than 0"),
        (form(RATE | {"free_above": "-1"}), "This cannot be less than 0"),
        (form(RATE | {"min_weight": "-1"}), "This cannot be less than 0"),
        (form(RATE | {"min_weight": "5", "max_weight": "5"}), "It ends before it begins"),
        (form(RATE | {"min_total": "5", "max_total": "4"}), "It ends before it begins"),
        (form(RATE | {"days_from": "3", "days_to": "2"}), "It ends before it begins"),
        (form(RATE | {"days_from": "-1", "days_to": "2"}), "Choose from 0 to 365 working days"),
        (form(RATE | {"days_to": "366"}), "Choose from 0 to 365 working days"),
        (form(RATE, RATE), "the weights and totals of the two overlap"),
        (form(RATE | {"max_weight": "2001"}, RATE | {"min_weight": "2000"}), "of the two overlap"),
    ],
)
def test_a_zone_that_makes_no_sense_is_refused_beside_its_field(
    wrong: dict[str, Any], problem: str, acme: TenantInfo
) -> None:
    browser = staff_browser(acme)
    with tenant_context(acme):
        ShippingZone.objects.create(name="West", kind="places", places=["FR", "BE:Vlaanderen"])
        ShippingZone.objects.create(name="World", kind="elsewhere")
        before = everything()

    assert problem.replace("“", "“") in browser.post(ADD, wrong).content.decode()

    with tenant_context(acme):
        assert everything() == before


def test_bands_that_touch_and_other_names_do_not_overlap(acme: TenantInfo) -> None:
    bands = (RATE | {"max_weight": "2000"}, RATE | {"min_weight": "2000"}, RATE | {"name": "Express", "amount": "9"})
    assert staff_browser(acme).post(ADD, form(*bands)).status_code == 302
    with tenant_context(acme):
        assert ShippingZoneRate.objects.count() == 3


@pytest.mark.parametrize("role", [AccessRole.EDITOR, AccessRole.VIEWER])
def test_others_see_the_zones_and_change_nothing(role: AccessRole, acme: TenantInfo) -> None:
    browser = staff_browser(acme, role)
    with tenant_context(acme):
        zone = ShippingZone.objects.create(name="West", kind="places", places=["FR"])
        before = everything()
    page = f"{LIST}{zone.pk}/change/"

    assert "West" in browser.get(LIST).content.decode()
    assert "France" in browser.get(page).content.decode()
    assert [browser.post(path, form()).status_code for path in (ADD, page, f"{LIST}{zone.pk}/delete/")] == [403] * 3
    with tenant_context(acme):
        assert everything() == before
