"""Lists: which rows, in which order, from where on, and which of their fields."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.http import urlencode
from rest_framework import serializers
from rest_framework.request import Request

from smartseller.api.errors import BadRequest
from smartseller.api.outputs import Output

USUAL, MOST = 50, 200
MOST_EXPANSIONS = 3
LONGEST_CURSOR = 300
OF_LISTS = ("limit", "cursor", "order", "modified_since")
OF_SHAPES = ("fields", "expand")


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter that chooses rows: `field` reads and describes it, `lookup` is Django's word for it."""

    field: serializers.Field[Any, Any, Any, Any]
    lookup: str
    help: str

    def read(self, name: str, written: str) -> Any:
        try:
            return self.field.run_validation(written)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise BadRequest(str(detail[0]), code=str(detail[0].code), param=name) from error


@dataclass(frozen=True, slots=True)
class Shape:
    """Which fields are wanted, None for all, and what stands in full beside its id."""

    only: frozenset[str] | None
    expand: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        return self.only is None and not self.expand

    @property
    def context(self) -> dict[str, Any]:
        return {"only": self.only, "expand": self.expand}

    def joined(self, rows: QuerySet[Any], output: type[Output]) -> QuerySet[Any]:
        """The rows with what the expansions need, in a constant number of statements."""
        for name in self.expand:
            needs = output.expansions[name]
            if needs.joins:
                rows = rows.select_related(*needs.joins)
            if needs.fetches:
                rows = rows.prefetch_related(*needs.fetches)
        return rows


def check_parameters(given: QueryDict, known: tuple[str, ...]) -> None:
    """Errors: BadRequest for a parameter that is not known or stands there twice."""
    for name, values in given.lists():
        if name not in known:
            raise BadRequest(f"There is no parameter “{name[:100]}” here.", code="unknown_parameter", param=name[:100])
        if len(values) > 1:
            raise BadRequest("This parameter is there twice.", code="duplicate_parameter", param=name)
        if "\x00" in values[0] or any("\ud800" <= letter <= "\udfff" for letter in values[0]):
            raise BadRequest("This cannot be a value.", code="malformed_text", param=name)


def shape_of(given: QueryDict, output: type[Output]) -> Shape:
    """What `fields` and `expand` say. Errors: BadRequest for what does not exist or is too much."""
    names = _names(given, "fields")
    known = output().fields if names else {}
    for name in names or ():
        if name not in known:
            raise BadRequest(f"There is no field “{name[:100]}”.", code="unknown_field", param="fields")
    expand = _names(given, "expand") or []
    for name in expand:
        if name not in output.expansions:
            raise BadRequest(f"“{name[:100]}” cannot be expanded.", code="not_expandable", param="expand")
    if len(expand) > MOST_EXPANSIONS:
        raise BadRequest(f"At most {MOST_EXPANSIONS} can be expanded.", code="too_many", param="expand")
    return Shape(None if names is None else frozenset(names), tuple(dict.fromkeys(expand)))


def _names(given: QueryDict, parameter: str) -> list[str] | None:
    written = given.get(parameter)
    if written is None:
        return None
    return written.split(",")


def pattern_of_list(names: Iterable[str], *, most: int | None = None) -> str:
    """What some of the names between commas look like, as a regular expression."""
    one = f"({'|'.join(re.escape(name) for name in names)})"
    return f"^{one}(,{one}){'*' if most is None else f'{{0,{most - 1}}}'}$"


def filtered(rows: QuerySet[Any], given: QueryDict, filters: Mapping[str, Filter]) -> QuerySet[Any]:
    """The rows for which every filter that is given holds."""
    for name, one in filters.items():
        if name in given:
            rows = rows.filter(**{one.lookup: one.read(name, str(given[name]))})
    return rows


def page_of(rows: QuerySet[Any], request: Request, *, stamp: str = "updated_at") -> tuple[list[Any], dict[str, Any]]:
    """One page, and what its answer says besides: `next` and `as_of`.

    Rows are in the order in which they changed, the longest unchanged first, so that one that changes meanwhile comes
    again at the end and none is passed over; `order=-updated_at` turns that round. At most two statements besides those
    of what is fetched along. Errors: BadRequest.
    """
    given = request.query_params
    limit, is_descending = _limit(given), _is_descending(given, stamp)
    if "modified_since" in given:
        rows = rows.filter(**{f"{stamp}__gte": read_moment(given["modified_since"], "modified_since")})
    cursor = given.get("cursor")
    if cursor is not None:
        at, key = _read_cursor(cursor)
        way = "lt" if is_descending else "gt"
        rows = rows.filter(**{f"{stamp}__{way}e": at}).filter(Q(**{f"{stamp}__{way}": at}) | Q(**{f"pk__{way}": key}))
    as_of = settled_moment(rows.db) if cursor is None else None
    sign = "-" if is_descending else ""
    found = list(rows.order_by(f"{sign}{stamp}", f"{sign}pk")[: limit + 1])
    page, more = found[:limit], len(found) > limit
    return page, {"next": _next(request, page[-1], stamp) if more else None, "as_of": as_of}


def settled_moment(alias: str) -> str:
    """Until when nothing is missing in a database: the begin of the oldest transaction that still writes. What changes
    in it will be dated to its begin, whenever it ends. One statement.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(min(xact_start), now()) FROM pg_stat_activity "
            "WHERE datname = current_database() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        moment: datetime = cursor.fetchone()[0]
    return written_moment(moment)


def written_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_moment(written: str, param: str) -> datetime:
    """A moment in ISO 8601; without a zone it is UTC. Errors: BadRequest."""
    # A plus sign in an address is a space once it is read.
    text = written.replace(" ", "+") if "T" in written else written
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRequest("This is no moment, as in 2026-11-27T06:00:00Z.", code="malformed", param=param) from error


def _limit(given: QueryDict) -> int:
    written = given.get("limit", str(USUAL))
    if not (written.isascii() and written.isdigit() and len(written) <= 9 and 1 <= int(written) <= MOST):
        raise BadRequest(f"A page has 1 to {MOST} rows.", code="out_of_range", param="limit")
    return int(written)


def _is_descending(given: QueryDict, stamp: str) -> bool:
    written = given.get("order", stamp)
    if written not in (stamp, f"-{stamp}"):
        raise BadRequest(f"Rows are ordered by {stamp} or -{stamp}.", code="invalid_choice", param="order")
    return written.startswith("-")


def _next(request: Request, last: Any, stamp: str) -> str:
    """The address of the next page, with the same filters."""
    cursor = json.dumps([getattr(last, stamp).isoformat(), str(last.pk)], separators=(",", ":")).encode()
    kept = {name: str(value) for name, value in request.query_params.items() if name != "cursor"}
    query = urlencode({**kept, "cursor": base64.urlsafe_b64encode(cursor).decode().rstrip("=")})
    return f"{request.build_absolute_uri(request.path)}?{query}"


def _read_cursor(written: str) -> tuple[datetime, UUID]:
    """Where the page before ended. Who makes one up only chooses another place to begin."""
    try:
        if len(written) > LONGEST_CURSOR:
            raise ValueError("too long")
        at, key = json.loads(base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True))
        moment = datetime.fromisoformat(at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC), UUID(key)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error) as error:
        raise BadRequest("Take the cursor from `next`.", code="invalid_cursor", param="cursor") from error
