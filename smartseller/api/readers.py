"""How a representation gets each field of a row: found out once for a whole list, as the framework finds it for each.

What comes of it is the framework's own, `Serializer.to_representation`; half of a long list's time is not.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any

from rest_framework import ISO_8601, serializers
from rest_framework.relations import PKOnlyObject
from rest_framework.settings import api_settings

from smartseller.api.fields import Amount

Field = serializers.Field[Any, Any, Any, Any]
Reader = Callable[[Any], Any]


def readers_of(fields: Iterable[Field], row: Any) -> list[tuple[str, Reader]]:
    """The fields' names, and what reads each from rows like `row`; a reader may raise SkipField."""
    return [(field.field_name or "", _reader_of(field, row)) for field in fields]


def _reader_of(field: Field, row: Any) -> Reader:
    if isinstance(field, serializers.SerializerMethodField):
        method: Reader = getattr(field.parent, field.method_name)
        return method
    if isinstance(field, Amount) and _is_attribute(field, row):
        return field.reader()
    if not _is_column(field, row):
        return partial(_read, field)
    get, written = attrgetter(field.source_attrs[0]), _writer_of(field)

    def read(row: Any) -> Any:
        value = get(row)
        return None if value is None else written(value)

    return read


def _writer_of(field: Field) -> Reader:
    """What writes the field's value. Moments are asked once which zone they are told in."""
    if type(field) is not serializers.DateTimeField:
        return field.to_representation
    zone = getattr(field, "timezone", None) or field.default_timezone()
    if zone is not None:
        field.timezone = zone
    if zone is None or getattr(field, "format", api_settings.DATETIME_FORMAT) != ISO_8601:
        return field.to_representation

    def written(moment: Any) -> str:
        text: str = moment.astimezone(zone).isoformat()
        return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text

    return written


def _is_attribute(field: Amount, row: Any) -> bool:
    """Whether the amount is what one attribute of the row says; some are added up of other rows."""
    return (
        type(field).get_attribute is Amount.get_attribute
        and len(field.source_attrs) == 1
        and hasattr(type(row), field.source_attrs[0])
    )


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
