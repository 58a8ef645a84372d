"""What columns are called behind the counter, where their own name is a programmer's."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.text import capfirst
from unfold.decorators import display

from smartseller.formats import country
from smartseller.moments import moment

# Columns that are called so mean the same wherever they are; a form's own label goes before.
WORDS = {
    "email": "E-mail address",
    "is_active": "Active",
    "is_featured": "On the home page",
    "is_primary": "Shown first",
    "is_published": "Published",
    "is_two_way": "Works both ways",
    "meta_description": "Description for search engines",
    "meta_keywords": "Keywords",
    "meta_title": "Title for search engines",
    "min_quantity": "From pieces",
    "product_name": "Product",
    "product_sku": "SKU",
    "show_in_footer": "In the footer",
    "slug": "Address",
    "website_url": "Website",
}


def word_of(field: models.Field[Any, Any]) -> str:
    """The name of a column, with a capital letter."""
    return WORDS.get(field.name) or str(capfirst(field.verbose_name))


def labels_of(model: type[models.Model], labels: dict[str, Any] | None) -> dict[str, Any]:
    """The names of all of `model`'s columns, those of a form (`labels`) before ours: who only looks reads them, too."""
    return {**{field.name: word_of(field) for field in model._meta.concrete_fields}, **(labels or {})}


def column_of(model: type[models.Model], name: Any) -> Any:
    """What a list shows of a column: moments are written short, so that a row stays one line, and names and countries
    are words.

    Other columns, and what is no column of the table, come back as they are.
    """
    field: Any = {field.name: field for field in model._meta.concrete_fields}.get(name)
    is_moment = isinstance(field, models.DateTimeField)
    if field is None or not (is_moment or name in WORDS or name == "country"):
        return name

    @display(description=word_of(field), ordering=name, boolean=isinstance(field, models.BooleanField))
    def column(obj: models.Model) -> Any:
        value = getattr(obj, name)
        if is_moment:
            return "-" if value is None else moment(value)
        return country(value) if name == "country" else value

    column.__name__ = name
    return column
