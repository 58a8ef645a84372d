"""How a representation gets each field of a row: found out once for a whole list, as the framework finds it for each.

What comes of it is the framework's own, `Serializer.to_representation`; half of a long list's time is not.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from rest_framework import serializers
from rest_framework.relations import PKOnlyObject

Field = serializers.Field[Any, Any, Any, Any]
Reader = Callable[[Any], Any]


def readers_of(fields: Iterable[Field], row: Any) -> list[tuple[str, Reader]]:
    """The fields' names, and what reads each from rows like `row`; a reader may raise SkipField."""
    return [(field.field_name or "", _reader_of(field, row)) for field in fields]


def _reader_of(field: Field, row: Any) -> Reader:
    if isinstance(field, serializers.SerializerMethodField):
        method: Reader = getattr(field.parent, field.method_name)
        return method
    if isinstance(field, serializers.DateTimeField) and not hasattr(field, "timezone"):
        # The zone of this moment, as ever, but asked for once.
        zone = field.default_timezone()
        if zone is not None:
            field.timezone = zone
    if not _is_column(field, row):
        return partial(_read, field)
    get, written = attrgetter(field.source_attrs[0]), field.to_representation

    def read(row: Any) -> Any:
        value = get(row)
        return None if value is None else written(value)

    return read


def _is_column(field: Field, row: Any) -> bool:
    """Whether it is written from one plain attribute, which every such row has."""
    if isinstance(row, Mapping) or isinstance(field, serializers.BaseSerializer) or len(field.source_attrs) != 1:
        return False
    name = field.source_attrs[0]
    is_plain = type(field).get_attribute is serializers.Field.get_attribute
    return is_plain and name in {column.attname for column in _columns(row)}


def _columns(row: Any) -> Iterable[Any]:
    meta = getattr(row, "_meta", None)
    return meta.concrete_fields if meta is not None else ()


def _read(field: Field, row: Any) -> Any:
    value = field.get_attribute(row)
    is_none = (value.pk if isinstance(value, PKOnlyObject) else value) is None
    return None if is_none else field.to_representation(value)
