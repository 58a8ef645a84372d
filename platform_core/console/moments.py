"""How the console writes what a list or a page shows: days and moments short, sortable and in UTC, which is said beside
them; shops by their address; and states, which lists show as badges, in a word."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import display

from platform_core.tenants.models import Tenant

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
    field = _field(model, name)
    # A moment is a date, too.
    if not isinstance(field, models.DateField):
        return name
    zone = " (UTC)" if isinstance(field, models.DateTimeField) else ""
    return _shown(field.name, f"{field.verbose_name}{zone}", ordering=field.name, write=written)


def of_a_list(model: type[models.Model], name: Column) -> Column:
    """As `column`; what belongs to a shop says so by the shop's address."""
    field = _field(model, name)
    if _leads_to_a_shop(field):
        return _shown(field.name, "shop", ordering=f"{field.name}__slug", write=_called)
    return column(model, name)


def of_a_page(page: Any, names: Iterable[Any]) -> list[Any]:
    """As `columns`; a badge (which is its colour and a word) is the word, and a shop's address leads to the shop."""
    return [
        type(name)(of_a_page(page, name)) if isinstance(name, list | tuple) else _in_a_word(page, _linked(page, name))
        for name in columns(page.model, names)
    ]


def _linked(page: Any, name: Column) -> Column:
    if not _leads_to_a_shop(_field(page.model, name)):
        return name
    return _shown(str(name), "shop", ordering=f"{name}__slug", write=_link)


def _in_a_word(page: Any, name: Column) -> Column:
    found = getattr(page, name, None) if isinstance(name, str) else None
    if found is None or not hasattr(found, "label"):
        return name

    def word(row: Any) -> str:
        told = found(row)
        return str(told[1] if isinstance(told, tuple) else told)

    word.__name__ = str(name)
    shown: Column = display(word, description=found.short_description)
    return shown


@cache
def _shown(name: str, title: str, *, ordering: str, write: Callable[[Any], str]) -> Column:
    def shown(row: Any) -> str:
        return write(getattr(row, name))

    shown.__name__ = name  # classes of cells and help texts go by it
    found: Column = display(shown, description=title, ordering=ordering)
    return found


def _called(row: Any) -> str:
    return NONE if row is None else str(row)


def _link(row: Any) -> str:
    if row is None:
        return NONE
    page = reverse("admin:platform_core_tenant_change", args=[row.pk])
    return format_html('<a class="text-link" href="{}">{}</a>', page, row)


def _leads_to_a_shop(field: Any) -> bool:
    return isinstance(field, models.ForeignKey) and field.related_model is Tenant


def _field(model: type[models.Model], name: Column) -> Any:
    try:
        return model._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
