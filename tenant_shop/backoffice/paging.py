"""Pages of a list behind or before a row: the last of ten thousand opens as fast as the first, and none skips a row."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import Expression, F, Model, OrderBy, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

LAST = "last"
BEHIND, BEFORE = "behind", "before"
KEY = "_place_"


@dataclass(frozen=True, slots=True)
class Key:
    """One of the values that a list is sorted by: its name among the columns of a row, and which way it goes."""

    name: str
    source: Expression | F
    is_falling: bool
    may_be_empty: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins (`BEHIND` a row) or ends (`BEFORE` one). `number` is how many rows stood before that row's
    end, as far as anybody counted; None when nobody knows."""

    side: str
    values: tuple[str | None, ...]
    number: int | None = None

    def __str__(self) -> str:
        """As it stands in an address."""
        told = json.dumps([self.side, self.number, *self.values], separators=(",", ":"))
        return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, which of them the first is (None when nobody knows), and the places beside them, if any."""

    rows: list[Any]
    first: int | None
    previous: Place | None
    next: Place | None

    @property
    def last(self) -> int | None:
        return None if self.first is None else self.first + len(self.rows) - 1


def place_from(text: str) -> Place | None:
    """The place that an address names; None for the beginning, and for what is no place."""
    try:
        side, number, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    fits = side in (BEHIND, BEFORE) and (number is None or (isinstance(number, int) and number >= 0))
    if not fits or not all(value is None or (isinstance(value, str) and "\0" not in value) for value in values):
        return None
    return Place(side, tuple(values), number)


def page_of(rows: QuerySet[Any], ordering: Sequence[Any], asked: str, *, size: int, count: int | None) -> Page:
    """The page that `asked` names: "" is the first, "last" the last, else a place as `Place` is written.

    `rows` are sorted by `ordering`, which tells any two of them apart; `count` is how many there are, None when nobody
    counted to the end. One statement, or two when what was asked for is not there any more.
    """
    keys = _keys_of(rows.model, ordering)
    listed = rows.annotate(**{key.name: key.source for key in keys})
    place = place_from(asked)
    if asked == LAST:
        at_end = list(listed.reverse()[: size + 1])
        over = len(at_end) > size
        # The last page of a counted list holds what is left over, as if one had come there step by step.
        kept = at_end[: (count % size or size) if count else size][::-1]
        first = None if count is None else max(count - len(kept), 0) + 1
        return _page(kept, keys, first, has_previous=over or len(at_end) > len(kept), has_next=False)
    if place is not None and len(place.values) == len(keys):
        try:
            found = _beside(listed, keys, place, size)
        except (ValidationError, ValueError, TypeError, OverflowError, DataError):
            found = None
        if found is not None:
            return found
    found_first = list(listed[: size + 1])
    return _page(found_first[:size], keys, 1, has_previous=False, has_next=len(found_first) > size)


def _beside(listed: QuerySet[Any], keys: Sequence[Key], place: Place, size: int) -> Page | None:
    """The page at a place; None when it is the first, or there is nothing."""
    values = _values(listed, keys, place)
    if place.side == BEHIND:
        found = list(listed.filter(_beyond(keys, values, backwards=False))[: size + 1])
        first = None if place.number is None else place.number + 1
        return _page(found[:size], keys, first, has_previous=True, has_next=len(found) > size) if found else None
    found = list(listed.filter(_beyond(keys, values, backwards=True)).reverse()[: size + 1])
    if len(found) < size:
        return None
    over = len(found) > size
    first = place.number - size if over and place.number is not None and place.number > size else None
    return _page(found[:size][::-1], keys, first if over else 1, has_previous=over, has_next=True)


def _page(rows: list[Any], keys: Sequence[Key], first: int | None, *, has_previous: bool, has_next: bool) -> Page:
    def place(side: str, row: Any, number: int | None) -> Place:
        told = (getattr(row, key.name) for key in keys)
        return Place(side, tuple(None if value is None else _written(value) for value in told), number)

    last = None if first is None else first + len(rows) - 1
    return Page(
        rows,
        first,
        place(BEFORE, rows[0], first) if has_previous and rows else None,
        place(BEHIND, rows[-1], last) if has_next and rows else None,
    )


def _written(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _values(listed: QuerySet[Any], keys: Sequence[Key], place: Place) -> list[Any]:
    """What the place says, each as its column has it. Errors: ValidationError."""
    fields = (listed.query.annotations[key.name].output_field for key in keys)
    return [None if told is None else field.to_python(told) for field, told in zip(fields, place.values, strict=True)]


def _beyond(keys: Sequence[Key], values: Sequence[Any], *, backwards: bool) -> Q:
    """Rows behind those with the values, or before them. PostgreSQL sorts what is empty as if it were the greatest."""
    beyond, alike = Q(pk__in=[]), Q()
    for key, value in zip(keys, values, strict=True):
        beyond |= alike & _past(key, value, grows=key.is_falling == backwards)
        alike &= Q(**{f"{key.name}__isnull": True}) if value is None else Q(**{key.name: value})
    return _bound(keys[0], values[0], grows=keys[0].is_falling == backwards) & beyond


def _past(key: Key, value: Any, *, grows: bool) -> Q:
    if value is None:
        return Q(pk__in=[]) if grows else Q(**{f"{key.name}__isnull": False})
    past = Q(**{f"{key.name}__{'gt' if grows else 'lt'}": value})
    return past | Q(**{f"{key.name}__isnull": True}) if grows and key.may_be_empty else past


def _bound(key: Key, value: Any, *, grows: bool) -> Q:
    """What is true of all rows beyond, said once more for the index: it reads no choice of conditions."""
    if value is None or (grows and key.may_be_empty):
        return Q()
    return Q(**{f"{key.name}__{'gte' if grows else 'lte'}": value})


def _keys_of(model: type[Model], ordering: Sequence[Any]) -> list[Key]:
    found = [key for each in ordering for key in _expanded(model, each)]
    return [Key(f"{KEY}{number}", *key) for number, key in enumerate(found)]


def _expanded(model: type[Model], each: Any, before: str = "") -> list[tuple[Expression | F, bool, bool]]:
    """What Django sorts by when it is told `each`: a relation is sorted as its model is."""
    if isinstance(each, OrderBy):
        inner: Any = each.expression
        return [(inner, each.descending, True)]
    if not isinstance(each, str):
        return [(each, False, True)]
    name, is_falling = each.removeprefix("-"), each.startswith("-")
    field = _field(model, name)
    path = f"{before}{name}"
    by_itself = field is None or not field.is_relation or name in ("pk", getattr(field, "attname", ""))
    if by_itself or field is None or not field.related_model._meta.ordering:
        return [(F(path), is_falling, bool(before) or _may_be_empty(model, name))]
    inner_keys = [
        key
        for inner in field.related_model._meta.ordering
        for key in _expanded(field.related_model, inner, f"{path}{LOOKUP_SEP}")
    ]
    return [(source, falls != is_falling, may_be_empty) for source, falls, may_be_empty in inner_keys]


def _field(model: type[Model], name: str) -> Any:
    """The field of a name such as product__name; None for what the rows are annotated with."""
    if name == "pk":
        return model._meta.pk
    found: Any = None
    for part in name.split(LOOKUP_SEP):
        try:
            found = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = found.related_model or model
    return found


def _may_be_empty(model: type[Model], name: str) -> bool:
    field = _field(model, name)
    return field is None or LOOKUP_SEP in name or field.null
