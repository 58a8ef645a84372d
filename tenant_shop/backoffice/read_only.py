"""What a page says of a column that its reader does not change: as people write it, not as it is kept."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models
from django.template.defaultfilters import linebreaksbr

from platform_core.tenancy.context import current_tenant
from smartseller.formats import country, language_name
from smartseller.measures import written_in
from smartseller.money import display
from tenant_shop.backoffice.details_fields import FeaturesField, SpecificationsField
from tenant_shop.backoffice.measures import kind_of, unit_of
from tenant_shop.backoffice.money import is_money

# Columns that are called so mean the same wherever they are; a discount's value is per cent or an amount.
BY_NAME: dict[str, Callable[[Any], str]] = {
    "country": country,
    "origin_country": country,
    "language": language_name,
    "value": lambda value: plain(value),
}


def plain(number: Decimal) -> str:
    """Without the zeros that the column adds."""
    return f"{number.normalize():f}"


def said_of(field: models.Field[Any, Any], value: Any) -> str | None:
    """`value` of the column in words; None where the admin's own are right."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(field, models.JSONField):
        is_list = isinstance(value, list) and all(isinstance(line, str) for line in value)
        return str(linebreaksbr((FeaturesField if is_list else SpecificationsField)().written(value)))
    if isinstance(field, models.DecimalField | models.CharField) and field.name in BY_NAME and not field.choices:
        return BY_NAME[field.name](value)
    if isinstance(field, models.IntegerField) and not field.choices:
        return f"{value:,}"
    if not isinstance(field, models.DecimalField):
        return None
    if is_money(field):
        return display(value, current_tenant().currency)
    if kind := kind_of(field):
        unit = unit_of(kind)
        return f"{written_in(value, unit)} {unit}"
    return plain(value)
