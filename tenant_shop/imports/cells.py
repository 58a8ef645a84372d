"""What the text of one cell means. Every function raises RowRejected with a reason that names the column."""

import re
from decimal import Decimal
from urllib.parse import urlsplit

from smartseller.money import quantize
from tenant_shop.imports.errors import RowRejected

# PostgreSQL's `integer`, and the whole part of `numeric(13,3)` and `numeric(8,2)`.
GREATEST_INTEGER = 2_147_483_647
GREATEST_AMOUNT = Decimal(10) ** 10
GREATEST_WEIGHT_GRAMS = Decimal(10) ** 6
LONGEST_URL = 500

PLAIN_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
GROUPED_BY_COMMA = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
GROUPED_BY_POINT = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]{1,2}")
WHOLE_NUMBER = re.compile(r"-?[0-9]+(?:\.0*)?")

TRUE = {"true", "yes", "1"}
FALSE = {"false", "no", "0"}


def shortened(value: str, length: int = 60) -> str:
    return value if len(value) <= length else f"{value[: length - 1]}…"


def text(value: str, column: str, longest: int) -> str:
    """`value` as it is. Errors: RowRejected when it is longer than `longest` characters."""
    if len(value) > longest:
        raise RowRejected(f"{column} has {len(value):,} characters; {longest} are allowed")
    return value


def amount(value: str, column: str, currency: str) -> Decimal:
    """A price. Units: `currency`. Rounding: half up, to its minor unit.

    The point separates decimals, as the format says. A comma is understood where it can mean one thing only:
    1,299.00 and 1.299,00 and 19,99, but not 1,299.
    Errors: RowRejected for anything else, for a negative amount, and beyond ten digits before the point.
    """
    if PLAIN_NUMBER.fullmatch(value):
        plain = value
    elif GROUPED_BY_COMMA.fullmatch(value):
        plain = value.replace(",", "")
    elif GROUPED_BY_POINT.fullmatch(value):
        plain = value.replace(".", "").replace(",", ".")
    elif DECIMAL_COMMA.fullmatch(value):
        plain = value.replace(",", ".")
    else:
        raise RowRejected(f"{column} is not a price: {shortened(value)}")
    number = _decimal(plain, value, column)
    if number < 0:
        raise RowRejected(f"{column} is negative: {shortened(value)}")
    rounded = quantize(number, currency)
    if rounded >= GREATEST_AMOUNT:
        raise RowRejected(f"{column} is too large: {shortened(value)}")
    return rounded


def quantity(value: str, column: str) -> int:
    """A number of pieces; spreadsheets write 5 as 5.0. Errors: RowRejected for fractions and beyond 32 bits."""
    if not WHOLE_NUMBER.fullmatch(value):
        raise RowRejected(f"{column} is not a whole number: {shortened(value)}")
    number = int(_decimal(value, value, column))
    if abs(number) > GREATEST_INTEGER:
        raise RowRejected(f"{column} is too large: {shortened(value)}")
    return number


def grams(value: str, column: str) -> Decimal:
    """A weight in grams, to two decimals. Errors: RowRejected below zero and from a tonne upwards."""
    if not PLAIN_NUMBER.fullmatch(value):
        raise RowRejected(f"{column} is not a weight in grams: {shortened(value)}")
    number = _decimal(value, value, column)
    if number < 0:
        raise RowRejected(f"{column} is negative: {shortened(value)}")
    rounded = round(number, 2)
    if rounded >= GREATEST_WEIGHT_GRAMS:
        raise RowRejected(f"{column} is too large: {shortened(value)}")
    return rounded


def _decimal(plain: str, value: str, column: str) -> Decimal:
    """The number; 28 digits are exact, more are no honest price, quantity or weight."""
    if len(plain) > 28:
        raise RowRejected(f"{column} is too large: {shortened(value)}")
    return Decimal(plain)


def position(value: str, column: str) -> int:
    """A place in an order, counted from 1. Errors: RowRejected for anything else."""
    number = quantity(value, column)
    if number < 1:
        raise RowRejected(f"{column} counts from 1: {shortened(value)}")
    return number


def truth(value: str, column: str, *, yes: frozenset[str] = frozenset(), no: frozenset[str] = frozenset()) -> bool:
    """Yes or no, in the words of spreadsheets and those given. Errors: RowRejected for any other word."""
    word = value.lower()
    if word in TRUE or word in yes:
        return True
    if word in FALSE or word in no:
        return False
    raise RowRejected(f"{column} is neither true nor false: {shortened(value)}")


def web_address(value: str, column: str) -> str:
    """The address of a picture. Errors: RowRejected unless it is a complete http or https address of 500 characters."""
    text(value, column, LONGEST_URL)
    try:
        parts = urlsplit(value)
        complete = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        complete = False
    if not complete or any(character.isspace() or ord(character) < 32 for character in value):
        raise RowRejected(f"{column} is not an http or https address: {shortened(value)}")
    return value
