"""What one row of an order history says."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenant_shop.imports.cells import quantity, shortened, text
from tenant_shop.imports.drafts import RowDraft
from tenant_shop.imports.errors import RowRejected
from tenant_shop.imports.order_history.columns import Column

LONGEST_NUMBER = 50
LONGEST_CODE = 100
LONGEST_NAME = 255
LONGEST_EMAIL = 255
# Prices keep what the database keeps; nothing is rounded after that.
PRICE_STEP = Decimal("0.001")
GREATEST_PRICE = Decimal(10) ** 10
PRICE = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._/#-]*")
CUSTOMER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
EMAIL = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
# A spreadsheet that has met an empty cell writes a column of numbers as 17850.0.
FLOATED = re.compile(r"([0-9]+)\.0+")
# The letter that invoicing programs put before the number of a cancellation.
CANCELLATION = re.compile(r"[Cc][0-9]")


@dataclass(slots=True)
class Line:
    """One row. `price` is in the shop's currency, `at` aware; `number` names the document that it belongs to.

    `code` is the article's in capitals, `written` as the file has it.
    `customer` is the merchant's own number for a customer, `email` an address, either of them empty when the row does
    not say. `is_correction` when nothing was sold: no price, and nobody who would have bought it.
    """

    row: RowDraft
    number: str
    code: str
    written: str
    name: str
    quantity: int
    price: Decimal
    at: datetime
    customer: str
    email: str
    country: str

    @property
    def is_correction(self) -> bool:
        return not self.price and not self.customer and not self.email

    @property
    def total(self) -> Decimal:
        return self.price * abs(self.quantity)


def is_cancellation(number: str) -> bool:
    return CANCELLATION.match(number) is not None


def number_of(values: dict[Column, str]) -> str:
    """The number of the row's document. Errors: RowRejected."""
    number = text(values[Column.NUMBER], Column.NUMBER, LONGEST_NUMBER)
    if not NUMBER.fullmatch(number):
        raise RowRejected(f"{Column.NUMBER} is not a number of an order: {shortened(number)}")
    return number


def read_line(row: RowDraft, number: str, values: dict[Column, str], *, zone: ZoneInfo, latest: datetime) -> Line:
    """What the row says. Units: `price` in the shop's currency. Rounding: prices half up to the thousandth.

    A moment without an offset is one in `zone`: of an hour that came twice the first, and of one that was left out, as
    if the clocks had not moved yet. Errors: RowRejected with a reason that names the column; also for what happened
    after `latest`.
    """
    code = text(values[Column.SKU], Column.SKU, LONGEST_CODE)
    if not code:
        raise RowRejected(f"{Column.SKU} is empty")
    line = Line(
        row=row,
        number=number,
        code=code.upper(),
        written=code,
        name=text(values.get(Column.NAME, ""), Column.NAME, LONGEST_NAME),
        quantity=_pieces(values[Column.QUANTITY]),
        price=_price(values[Column.PRICE]),
        at=_moment(values[Column.DATE], zone),
        customer=_customer(values.get(Column.CUSTOMER, "")),
        email=_email(values.get(Column.EMAIL, "")),
        country=values.get(Column.COUNTRY, "")[:100],
    )
    if line.at > latest:
        raise RowRejected(f"{Column.DATE} is yet to come: {shortened(values[Column.DATE])}")
    if line.is_correction:
        return line
    if is_cancellation(number) and line.quantity > 0:
        raise RowRejected(f"{Column.QUANTITY} of a cancellation is below zero: {line.quantity}")
    if not is_cancellation(number) and line.quantity < 0:
        raise RowRejected(f"{Column.QUANTITY} is negative; the number of a cancellation begins with C")
    return line


@lru_cache(maxsize=1024)
def _pieces(value: str) -> int:
    pieces = quantity(value, Column.QUANTITY)
    if not pieces:
        raise RowRejected(f"{Column.QUANTITY} is zero")
    return pieces


@lru_cache(maxsize=4096)
def _price(value: str) -> Decimal:
    if not PRICE.fullmatch(value):
        raise RowRejected(f"{Column.PRICE} is not a price: {shortened(value)}")
    price = Decimal(value).quantize(PRICE_STEP, rounding=ROUND_HALF_UP)
    if price < 0:
        raise RowRejected(f"{Column.PRICE} is negative: {shortened(value)}")
    if price >= GREATEST_PRICE:
        raise RowRejected(f"{Column.PRICE} is too large: {shortened(value)}")
    return price


@lru_cache(maxsize=1024)
def _moment(value: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise RowRejected(f"{Column.DATE} is not like 2010-12-01 08:26:00: {shortened(value)}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _customer(value: str) -> str:
    if floated := FLOATED.fullmatch(value):
        value = floated[1]
    if value and not CUSTOMER.fullmatch(value):
        raise RowRejected(f"{Column.CUSTOMER} is not a customer's number: {shortened(value)}")
    return value


def _email(value: str) -> str:
    if value and not EMAIL.fullmatch(text(value, Column.EMAIL, LONGEST_EMAIL)):
        raise RowRejected(f"{Column.EMAIL} is not an address: {shortened(value)}")
    return value
