"""Days and moments as the console shows them: short, sortable, and in UTC, which is said beside them."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from unfold.decorators import display

NONE = "\u2013"
Column = str | Callable[[Any], str]


def written(at: date | datetime | None) -> str:
    """`2026-11-27`, or of a moment `2026-11-27 22:51`, in UTC as the whole platform is."""
    if at is None:
        return NONE
    return f"{at:%Y-%m-%d %H:%M}" if isinstance(at, datetime) else at.isoformat()


def columns(model: type[models.Model], names: Iterable[Any]) -> list[Any]:
    """`names` of a list or a page, those of days and moments replaced by what writes them; fields that stand beside
    each other stay so."""
    return [
        type(name)(columns(model, name)) if isinstance(name, list | tuple) else column(model, name) for name in names
    ]


@cache
def column(model: type[models.Model], name: Column) -> Column:
    """`name` itself unless it is that of a field of days or moments."""
    if not isinstance(name, str):
        return name
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    # A moment is a date, too.
    if not isinstance(field, models.DateField):
        return name
    zone = " (UTC)" if isinstance(field, models.DateTimeField) else ""

    def shown(row: Any) -> str:
        return written(getattr(row, name))

    shown.__name__ = name  # classes of cells and help texts go by it
    found: Column = display(shown, description=f"{field.verbose_name}{zone}", ordering=name)
    return found
