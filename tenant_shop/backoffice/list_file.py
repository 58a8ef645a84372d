"""A list as a CSV file: the rows that its filters leave, however many there are."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.transactions import shop_transaction
from smartseller.money import quantize
from smartseller.spreadsheet import MARK, safe
from tenant_shop.audit.note import note
from tenant_shop.backoffice.origin import origin_of
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.values import values_in, written
from tenant_shop.configuration.settings import ShopSettings, shop_settings

# So many rows are in memory at once.
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Column:
    """`read` finds the cell of a row: text, a number, a Decimal in the row's currency, a moment, yes or no, a list."""

    title: str
    read: Callable[[Any], Any]


class HasFile:
    """A page whose list can be had as a file, by who may `file_verb` what is listed."""

    file_columns: ClassVar[tuple[Column, ...]] = ()
    file_verb: ClassVar[str] = "view"
    # What its columns read of other tables: a statement each for every portion of rows.
    file_reads: ClassVar[tuple[str, ...]] = ()

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view(partial(list_file, page=self))  # type: ignore[attr-defined]
        name = f"tenant_shop_{self.opts.model_name}_file"  # type: ignore[attr-defined]
        return [path("list.csv", guarded, name=name), *super().get_urls()]  # type: ignore[misc]

    def may_have_file(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"tenant_shop.{self.file_verb}_{self.opts.model_name}")  # type: ignore[attr-defined]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown: dict[str, Any] = {}
        if self.may_have_file(request):
            address = reverse(f"admin:tenant_shop_{self.opts.model_name}_file")  # type: ignore[attr-defined]
            query = request.GET.urlencode()
            shown["file_url"] = f"{address}?{query}" if query else address
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), **shown})  # type: ignore[misc]
        return page


def list_file(request: HttpRequest, page: Any) -> HttpResponseBase:
    """All rows that the list in the address has, the oldest first, sent while they are read.

    The audit log says who took which list, by which filters, and not what was searched for: it may be somebody's name.
    One statement for every five hundred rows, one more for each of `file_reads`, and those of the list's own page.
    """
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not page.may_have_file(request):
        raise PermissionDenied
    name = str(page.opts.model_name)
    try:
        rows = page.get_changelist_instance(request).queryset.prefetch_related(*page.file_reads)
    except IncorrectLookupParameters:
        return redirect(f"admin:tenant_shop_{name}_changelist")
    fields = page.custom_fields(request)
    if request.method == "GET":
        with shop_transaction():
            filters = ", ".join(sorted(key for key, value in request.GET.items() if value))
            note(origin_of(request), f"download_{name}_list", resource_type=name, after={"filters": filters or "none"})
    lines = _lines(rows, page.file_columns, fields, shop_settings())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="{current_tenant().slug}-{name}s-{timezone.localdate():%Y-%m-%d}.csv"'
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(
    rows: QuerySet[Model], columns: Iterable[Column], fields: Iterable[CustomField], shop: ShopSettings
) -> Iterator[str]:
    columns, fields = tuple(columns), tuple(fields)
    yield MARK + _line([*(column.title for column in columns), *(field.name for field in fields)])
    for row in _by_key(rows):
        currency = getattr(row, "currency", shop.currency)
        values = values_in(row.metadata)  # type: ignore[attr-defined]
        cells = [_cell(column.read(row), currency, shop.zone) for column in columns]
        yield _line([*cells, *(written(values.get(field.key)) for field in fields)])


def _by_key(rows: QuerySet[Model]) -> Iterator[Model]:
    """By pages behind the last key: a cursor of the server's would need a connection of its own for as long as the
    reader takes."""
    rows = rows.order_by("pk")
    last = None
    while True:
        found = list((rows.filter(pk__gt=last) if last else rows)[:ROWS_AT_ONCE])
        yield from found
        if len(found) < ROWS_AT_ONCE:
            return
        last = found[-1].pk


def _cell(value: Any, currency: str, zone: ZoneInfo) -> Any:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return quantize(value, currency)
        case datetime():
            return timezone.localtime(value, zone).strftime("%Y-%m-%d %H:%M:%S")
        case list() | tuple():
            return ", ".join(map(str, value))
    return value


def _line(cells: Iterable[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([safe(cell) for cell in cells])
    return text.getvalue()
