"""Money: the one place where amounts are rounded and shared out."""

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

from babel.core import Locale, get_global
from babel.numbers import format_currency, get_currency_symbol


@cache
def minor_units(currency: str) -> int:
    """How many decimals `currency` (ISO 4217) has: JPY 0, EUR 2, KWD 3.

    Errors: ValueError for a code that ISO 4217 does not list.
    Source: Unicode CLDR supplemental currency data (the package `babel`).
    """
    if currency not in get_global("all_currencies"):
        raise ValueError(f"{currency!r} is no ISO 4217 currency")
    fractions = get_global("currency_fractions")
    digits: int = fractions.get(currency, fractions["DEFAULT"])[0]
    return digits


def current_currencies() -> frozenset[str]:
    """The currencies that are legal tender somewhere today: no metals, no test codes, nothing that was replaced.

    Source: Unicode CLDR supplemental currency data (the package `babel`).
    """
    today = date.today().timetuple()[:3]  # noqa: DTZ011 - currencies change on a day, wherever that is
    return frozenset(
        code
        for uses in get_global("territory_currencies").values()
        for code, start, end, is_tender in uses
        if is_tender and (start is None or start <= today) and (end is None or end >= today)
    )


def is_current_currency(code: str) -> bool:
    """Whether a shop can sell in `code` (ISO 4217) today."""
    return code in current_currencies()


@cache
def smallest_unit(currency: str) -> Decimal:
    """The smallest amount of `currency`: 1 for JPY, 0.01 for EUR, 0.001 for KWD."""
    return Decimal(1).scaleb(-minor_units(currency))


def quantize(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up (away from zero) to the minor unit of `currency`."""
    return amount.quantize(smallest_unit(currency), rounding=ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Share `total` over `weights` so that the parts add up to it exactly.

    Units: `total` and the parts in `currency`, in whole minor units; one part for each weight.
    Rounding: every part is cut to the minor unit, the rest goes one unit at a time to the largest
        remainders, earlier weights first among equals.
    Errors: ValueError for a negative total or weight, a total finer than the minor unit, no weight at all, or only zero
        weights for a total that is not zero.
    Source: the method of largest remainders (Hamilton).
    """
    unit = smallest_unit(currency)
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("a total and its weights must not be negative")
    if total % unit:
        raise ValueError(f"{total} is finer than the minor unit of {currency}")
    weight_sum = sum(weights, Decimal(0))
    if not weight_sum:
        if total:
            raise ValueError("nothing to share the total over")
        return [Decimal(0).quantize(unit) for _ in weights]
    units = int(total / unit)
    exact = [units * weight / weight_sum for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(weights)), key=lambda index: (shares[index] - exact[index], index))
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return [(share * unit).quantize(unit) for share in shares]


def display(amount: Decimal, currency: str, locale: str = "en") -> str:
    """`amount` as people of `locale` write it, with the currency's symbol and its own number of decimals.

    A symbol in Latin letters keeps its order among words that run from right to left: "JP¥", not "¥JP". There is no
    minus before nothing.
    """
    return _display(amount + 0, currency, locale)  # -0 is 0


# A page writes many amounts, and the next page the same ones again. Equal amounts are written alike: as many decimals
# as the currency has.
@lru_cache(maxsize=4096)
def _display(amount: Decimal, currency: str, locale: str) -> str:
    text = format_currency(amount, currency, locale=locale)
    symbol = get_currency_symbol(currency, locale=locale)
    if _runs_from_right_to_left(locale) and any(letter.isascii() and letter.isalpha() for letter in symbol):
        return text.replace(symbol, f"\N{LEFT-TO-RIGHT ISOLATE}{symbol}\N{POP DIRECTIONAL ISOLATE}")
    return text


@cache
def _runs_from_right_to_left(locale: str) -> bool:
    return Locale.parse(locale).character_order == "right-to-left"
