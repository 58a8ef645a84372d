"""Numbers and dates in pages, as readers of the page's language write them."""

from datetime import date, datetime
from decimal import Decimal

from django import template

from smartseller import formats

register = template.Library()


@register.filter
def number(value: int | Decimal | None) -> str:
    """`1,234`, `1.234`."""
    return "" if value is None else formats.number(value)


@register.filter
def rating(value: float | Decimal | None) -> str:
    """`4.6`, `4,6`."""
    return "" if value is None else formats.rating(value)


@register.filter
def day(value: date | None) -> str:
    """`24 November 2026`, `24. November 2026`."""
    return "" if value is None else formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    """The day with hour and minute, in the active time zone."""
    return "" if value is None else formats.moment(value)
