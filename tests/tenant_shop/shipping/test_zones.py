"""Delivery by zones: the nearest zone serves the address, its bands touch without a gap, pick-up needs no address."""

from decimal import Decimal
from typing import Any

import pytest

from platform_core.tenancy.context import TenantInfo
from tenant_shop.configuration.settings import shop_settings
from tenant_shop.orders.errors import InvalidAddress, ShippingUnavailable
from tenant_shop.orders.place import place_order
from tenant_shop.orders.quote import quote
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tenant_shop.shipping.rates import offers
from tenant_shop.taxes.models import TaxRate
from tenant_shop.verification.verify_shop import verify_shop
from tests.shopping import ADDRESS, cart_with, configure, everything, settings_of, stocked, submission


def rate(code: str, amount: str = "4.90", **bands: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "note": "", "amount": amount, **bands}


def zone(kind: str, *rates: dict[str, Any], places: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"kind": kind, "places": list(places), "rates": list(rates)}


ZONES = (
    zone("pickup", rate("shop", "0")),
    zone("elsewhere", rate("world", "20")),
    zone("places", rate("home"), places=("DE", "AT")),
    zone("places", rate("us", "12"), places=("US",)),
    zone("places", rate("alaska", "30"), places=("US:AK", "US:HI")),
)


def offered(country: str | None, state: str = "", *, zones: Any = ZONES, total: str = "20", weight: str = "0") -> Any:
    options = offers(
        settings_of(shipping_zones=zones, shipping_rates=(rate("old"),)),
        subtotal=Decimal(total),
        weight_grams=Decimal(weight),
        country=country,
        state=state,
    )
    return [(option.code, str(option.amount)) for option in options]


@pytest.mark.parametrize(
    ("country", "state", "expected"),
    [
        ("DE", "", ("home", "4.90")),
        ("at", "", ("home", "4.90")),
        ("US", "", ("us", "12.00")),
        ("US", "NY", ("us", "12.00")),
        ("US", "AK", ("alaska", "30.00")),
        ("US", "hi", ("alaska", "30.00")),
        ("NO", "", ("world", "20.00")),
    ],
)
def test_the_nearest_zone_serves_and_pick_up_comes_last(country: str, state: str, expected: tuple[str, str]) -> None:
    assert offered(country, state) == [expected, ("shop", "0.00")]


def test_without_a_country_goods_can_be_picked_up() -> None:
    assert offered(None) == [("shop", "0.00")]


def test_where_no_zone_reaches_nothing_is_delivered() -> None:
    assert offered("NO", zones=ZONES[2:]) == []


def test_a_shop_without_zones_keeps_its_table_of_rates() -> None:
    assert offered("NO", zones=()) == [("old", "4.90")]


@pytest.mark.parametrize(("weight", "code"), [("0", "s"), ("1999.99", "s"), ("2000", "m"), ("4999", "m"), ("5000", "")])
def test_bands_of_weight_end_below_where_the_next_begins(weight: str, code: str) -> None:
    bands = (
        zone("places", rate("s", max_weight="2000"), rate("m", min_weight="2000", max_weight="5000"), places=("DE",)),
    )
    assert [found for found, _ in offered("DE", zones=bands, weight=weight)] == ([code] if code else [])


@pytest.mark.parametrize(
    ("total", "expected"), [("49.99", ("s", "5.00")), ("50.00", ("m", "3.00")), ("100", ("m", "0.00"))]
)
def test_bands_of_the_total_and_free_from_an_amount_on(total: str, expected: tuple[str, str]) -> None:
    bands = (zone("elsewhere", rate("s", "5", max_total="50"), rate("m", "3", min_total="50", free_above="100")),)
    assert offered("DE", zones=bands, total=total) == [expected]


def make_zone(kind: str, amount: str, places: list[str] | None = None, **bands: Any) -> ShippingZoneRate:
    made = ShippingZone.objects.create(name=kind, kind=kind, places=places or [])
    return ShippingZoneRate.objects.create(zone=made, name=f"By {kind}", amount=Decimal(amount), **bands)


def test_the_settings_follow_the_tables(shop: TenantInfo) -> None:
    made = make_zone("places", "4.9", ["DE"], free_above=Decimal(50))
    (kept,) = shop_settings().shipping_zones
    assert (kept["kind"], kept["places"]) == ("places", ["DE"])
    assert (kept["rates"][0]["code"], kept["rates"][0]["free_above"]) == (str(made.pk), "50.000")
    made.delete()
    assert shop_settings().shipping_zones[0]["rates"] == []
    ShippingZone.objects.all().delete()
    assert shop_settings().shipping_zones == ()


def test_a_country_without_a_zone_is_named_and_nothing_is_ordered(shop: TenantInfo) -> None:
    configure()
    made = make_zone("places", "4.9", ["DE"], max_weight=Decimal(100))
    cart_id = cart_with((stocked(weight=Decimal(80)), 1))

    assert quote(cart_id, country="NO", shipping_code=None).problems == (
        "We do not deliver to Norway. Please choose another country.",
    )
    assert quote(cart_id, country="DE", shipping_code=None).problems == ()
    before = everything()
    with pytest.raises(ShippingUnavailable):
        place_order(
            **submission(
                cart_id,
                shipping_code=str(made.pk),
                shipping_address={**ADDRESS, "country": "NO", "postal_code": "0025"},
                expected_total=Decimal("14.90"),
            )
        )
    assert everything() == before

    heavy = cart_with((stocked(weight=Decimal(80)), 2), session_id="other")
    (problem,) = quote(heavy, country="DE", shipping_code=None).problems
    assert problem.startswith("We do not deliver this order to Germany")


def test_what_is_picked_up_needs_a_name_only_and_is_taxed_at_home(shop: TenantInfo) -> None:
    configure(country="DE")
    TaxRate.objects.create(country="DE", rate=Decimal("0.1"))
    TaxRate.objects.create(country="FR", rate=Decimal("0.2"))
    made = make_zone("pickup", "0")
    cart_id, code = cart_with((stocked(price="10.00"), 1)), str(made.pk)
    priced = quote(cart_id, country="FR", shipping_code=code)
    assert (priced.total, priced.problems) == (Decimal("11.00"), ())
    name = {"last_name": "Example"}

    before = everything()
    with pytest.raises(InvalidAddress) as refusal:
        place_order(
            **submission(
                cart_id, shipping_code=code, shipping_address={}, billing_address={}, expected_total=priced.total
            )
        )
    assert list(refusal.value.problems) == ["last_name"]
    assert everything() == before

    order = place_order(
        **submission(
            cart_id, shipping_code=code, shipping_address=name, billing_address=name, expected_total=priced.total
        )
    )
    assert order.is_pickup
    assert (order.shipping_method, order.shipping_address["last_name"]) == ("By pickup", "Example")
    assert (order.shipping_address["country"], order.shipping_address["city"]) == ("DE", "")
    assert verify_shop() == []
