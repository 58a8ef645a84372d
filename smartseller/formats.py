"""Numbers, amounts, dates and lists as readers of the page's language write them.

The language is the one that is active (`django.utils.translation`); the rules are those of Unicode CLDR (the package
`babel`). Digits are European ones in Arabic too (docs/decisions/0012-languages.md).
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_interval, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent, get_decimal_symbol
from django.utils import timezone
from django.utils.translation import get_language

from smartseller.money import display, quantize

# English without a country is read everywhere: the day comes first, the clock has 24 hours, no comma before "and".
PROSE_OF = {"en": "en_150"}


@cache
def locale_of(language: str) -> str:
    """The locale for a BCP 47 language; English when it is not known."""
    try:
        return str(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return "en"


def locale() -> str:
    """The locale of the active language."""
    return locale_of(get_language() or "en")


def amount(value: Decimal, currency: str) -> str:
    """An amount of `currency`, rounded half up to its minor unit: "€4.90", "4,90 €"."""
    return display(quantize(value, currency), currency, locale())


def number(value: int | Decimal) -> str:
    """A number with the marks of its thousands: "1,234", "1.234"."""
    return _decimal(value + 0, locale())  # -0 is 0


@lru_cache(maxsize=4096)
def _decimal(value: int | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale)


def rating(value: float | Decimal) -> str:
    """An average with one decimal, half up: "4.6", "4,6"."""
    return format_decimal(rounded_rating(value), format="0.0", locale=locale())


def plain_number(value: Decimal) -> str:
    """As somebody types it: the language's decimal sign, no grouping, no zeros at the end: "10.5", "10,5"."""
    return f"{value.normalize():f}".replace(".", get_decimal_symbol(locale()))


def rounded_rating(value: float | Decimal) -> Decimal:
    """An average to one decimal, half up, for people and search engines alike."""
    return Decimal(str(value)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def percent(value: Decimal) -> str:
    """A share of a hundred, with the decimals that it has: "12.5%", "12,5 %"."""
    return format_percent(value / 100, locale=locale(), decimal_quantization=False)


def day(value: date) -> str:
    """The day in full: "24 November 2026", "24. November 2026". A moment is given in the active time zone."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value).date()
    return format_date(value, format="long", locale=_prose())


def days(first: date, last: date) -> str:
    """One day or a few in short, with their weekdays: "Mon, 30 Nov", "Di., 1. – Do., 3. Dez."."""  # noqa: RUF002
    if first == last:
        return format_skeleton("MMMEd", first, locale=_prose())
    return format_interval(first, last, skeleton="MMMEd", locale=_prose())


def moment(value: datetime) -> str:
    """The day in full with hour and minute, in the active time zone."""
    here = timezone.localtime(value)
    time = format_time(here.timetz(), format="short", tzinfo=here.tzinfo, locale=_prose())
    return str(Locale.parse(_prose()).datetime_formats["long"]).replace("{1}", day(here)).replace("{0}", time)


def country(code: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2); the code itself when it is none."""
    return str(Locale.parse(locale()).territories.get(code, code))


def language_name(language: str) -> str:
    """The language's name in itself, with its country if it names one: "Deutsch", "Deutsch (Österreich)"."""
    found = Locale.parse(locale_of(language))
    name = str(found.get_display_name(found))
    return name[:1].upper() + name[1:]


def listing(values: Sequence[str]) -> str:
    """Words in a row: "red, blue and green"."""
    return format_list(values, style="standard", locale=_prose())


def _prose() -> str:
    return PROSE_OF.get(locale(), locale())
