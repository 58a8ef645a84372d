"""How the shop writes amounts and countries."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache
from unicodedata import normalize

from babel import Locale

from smartseller.formats import locale_of
from smartseller.money import display, quantize
from tenant_shop.orders.address import countries

Money = Callable[[Decimal], str]


def money_in(currency: str, language: str) -> Money:
    """A function that writes an amount of `currency`, rounded to its minor unit, as readers of `language` do."""
    locale = locale_of(language)
    return lambda amount: display(quantize(amount, currency), currency, locale)


@cache
def country_choices(language: str) -> list[tuple[str, str]]:
    """Every country as (ISO 3166-1 alpha-2 code, name in `language`), by name. Source: Unicode CLDR (`babel`)."""
    names = Locale.parse(locale_of(language)).territories
    english = Locale("en").territories
    choices = ((code, names.get(code, english[code])) for code in countries())
    return sorted(choices, key=lambda choice: _without_accents(choice[1]))


def _without_accents(name: str) -> str:
    """What a reader looks for: Åland stands among the names in A."""
    return "".join(letter for letter in normalize("NFKD", name) if letter.isalnum() or letter == " ").casefold()
