"""Countries as order histories write them."""

from functools import cache

from babel import Locale

from tenant_shop.orders.address import countries

# Names that CLDR does not have, and where they lie. The Channel Islands are two places with codes of their own.
OTHER_NAMES = {
    "eire": "IE",
    "rsa": "ZA",
    "usa": "US",
    "uk": "GB",
    "great britain": "GB",
    "holland": "NL",
    "czech republic": "CZ",
    "hong kong": "HK",
    "korea": "KR",
    "turkey": "TR",
}


@cache
def country_code(name: str) -> str:
    """ISO 3166-1 alpha-2 of a country's code or English name; "" for what is no single country.

    Source of the names: Unicode CLDR territories (the package `babel`).
    """
    if name.upper() in countries():
        return name.upper()
    return _names().get(name.casefold(), "")


@cache
def _names() -> dict[str, str]:
    territories = Locale("en").territories
    return {str(territories[code]).casefold(): code for code in countries()} | OTHER_NAMES
