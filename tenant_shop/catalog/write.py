"""Writing columns of the catalogue's rows, checked as the models say."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import slugify

from smartseller.ids import uuid7

LONGEST_STEM = 200


def write_columns(row: models.Model, values: Mapping[str, Any]) -> None:
    """Set the columns, by attribute name, and check them; whoever calls saves the row.

    Only what is named is checked, so that a row from before a rule can still be mended elsewhere.
    Errors: ValidationError by field, with `unique` for what another row has.
    """
    for name, value in values.items():
        setattr(row, name, value)
    fields = [row._meta.get_field(name) for name in values]
    named = {field.name for field in fields if not field.is_relation}  # those are looked up by `found`
    row.full_clean(exclude={field.name for field in row._meta.get_fields()} - named)


def unused_slug(model: type[models.Model], name: str) -> str:
    """The name as an address, numbered when another row has it; made up where the name has no letters for one."""
    stem = slugify(name)[:LONGEST_STEM] or f"{model._meta.model_name}-{uuid7().hex[-8:]}"
    taken = set(model._default_manager.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug


def found(model: type[models.Model], key: Any, *, field: str) -> Any:
    """The row that a body names, None for none. Errors: ValidationError `does_not_exist` at `field`."""
    if key is None:
        return None
    row = model._default_manager.filter(pk=key).first()
    if row is None:
        name = str(model._meta.verbose_name)
        raise ValidationError({field: ValidationError(f"There is no such {name}.", code="does_not_exist")})
    return row
