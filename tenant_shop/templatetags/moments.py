"""Moments and days in pages behind the counter."""

from datetime import date, datetime
from typing import Any

from django import template
from django.db.models.expressions import DatabaseDefault

from smartseller import moments

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """`24 Nov 2026, 07:35` in the shop's time zone, as a `<time>` that says the rest; nothing for none."""
    return "" if value is None else moments.moment(value)


@register.filter
def day(value: date | None) -> str:
    """`24 Nov 2026`, as a `<time>`; nothing for none."""
    return "" if value is None else moments.day(value)


@register.filter
def told(field: Any) -> str:
    """What a form shows of a field that cannot be changed there."""
    found = field.resolved_field
    value = found[2] if found and found[0] is not None else None
    if isinstance(value, DatabaseDefault):  # not kept yet
        return ""
    if isinstance(value, date):  # moments are dates, too
        return moments.moment(value) if isinstance(value, datetime) else moments.day(value)
    # The back office says amounts and the like as people do; the console has pages of its own.
    said_of = getattr(field.model_admin, "said_of", None)
    said: str | None = said_of(found[0], value) if said_of and found and found[0] is not None else None
    contents: str = field.contents() if said is None else said
    return contents
