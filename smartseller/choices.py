"""What a sign-up form offers: countries, currencies and time zones, with their English names."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from smartseller.money import current_currencies

ENGLISH = Locale("en")
# Codes that CLDR knows and ISO 3166-1 does not assign to a country.
NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"})
ZONE_AREAS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """(ISO 3166-1 alpha-2 code, name), by name. Source: Unicode CLDR (the package `babel`)."""
    found = [
        (code, name)
        for code, name in ENGLISH.territories.items()
        if len(code) == 2 and code.isalpha() and code not in NO_COUNTRIES
    ]
    return tuple(sorted(found, key=lambda country: country[1]))


@cache
def currencies() -> tuple[tuple[str, str], ...]:
    """(ISO 4217 code, "Euro (EUR)") of every currency that is legal tender somewhere today, by name."""
    named = ((code, f"{ENGLISH.currencies.get(code, code)} ({code})") for code in current_currencies())
    return tuple(sorted(named, key=lambda currency: currency[1]))


@cache
def time_zones() -> tuple[tuple[str, str], ...]:
    """(IANA name, the same in words) of the zones of places, and UTC first."""
    places = sorted(zone for zone in available_timezones() if zone.startswith(tuple(f"{area}/" for area in ZONE_AREAS)))
    return (("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places))
