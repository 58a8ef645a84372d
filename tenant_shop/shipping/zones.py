"""Which of the shop's zones an address lies in. Pure: the zones are read with the settings."""

from collections.abc import Iterable, Mapping
from typing import Any

from tenant_shop.configuration.settings import ShopSettings

PLACES, ELSEWHERE, PICKUP = "places", "elsewhere", "pickup"


def place_of(country: str, state: str = "") -> str:
    """A place as zones name it: "DE", "US:CA"."""
    return f"{country.upper()}:{state}" if state else country.upper()


def zones_for(settings: ShopSettings, country: str | None, state: str = "") -> list[Mapping[str, Any]]:
    """The zone that delivers to the address, if there is one, then all places to pick up, in the merchant's order.

    The zone that names the state goes before the one that names the country, and that before the rest of the world.
    """
    zones = settings.shipping_zones
    place = _zone_of(zones, country, state) if country else None
    return [*([place] if place else []), *(zone for zone in zones if zone["kind"] == PICKUP)]


def is_delivered_to(settings: ShopSettings, country: str, state: str = "") -> bool:
    """Whether the shop delivers anything there; one without zones says so rate by rate."""
    if settings.shipping_zones:
        return _zone_of(settings.shipping_zones, country, state) is not None
    return any(
        not row.get("countries") or country.upper() in row["countries"]
        for row in settings.shipping_rates
        if isinstance(row, Mapping)
    )


def _zone_of(zones: Iterable[Mapping[str, Any]], country: str, state: str) -> Mapping[str, Any] | None:
    found: dict[str, Mapping[str, Any]] = {}
    for zone in zones:
        keys = [str(place).casefold() for place in zone["places"]] if zone["kind"] == PLACES else [zone["kind"]]
        for key in keys:
            found.setdefault(key, zone)
    wanted = (place_of(country, state).casefold(), place_of(country).casefold(), ELSEWHERE)
    return next((found[key] for key in wanted if key in found), None)
