"""`/api/v1/imports/`: files of products and order histories, looked at first, then imported by a worker."""

from typing import Any

from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api import filters
from smartseller.api.inputs import Input
from smartseller.api.lists import MOST, Filter, check_parameters
from smartseller.api.outputs import Output, RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Acts, Lists, Resource, Shows, Values
from tenant_shop.api.v1.uploads import LimitedForm, Uploads
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.imports.runs.receive import most_bytes, receive_file
from tenant_shop.imports.runs.rejected import rejected_rows
from tenant_shop.imports.runs.start import settle_run, start_import

USUAL = 50
LARGEST_OFFSET = 100_000_000


class NumbersOutput(serializers.Serializer[Any]):
    """How many rows were read, and what became of the products or orders in them; null while that is not known."""

    rows_read = serializers.IntegerField(allow_null=True)
    imported = serializers.IntegerField(allow_null=True)
    updated = serializers.IntegerField(allow_null=True)
    skipped = serializers.IntegerField(allow_null=True)
    rejected = serializers.IntegerField(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {name: instance.get(name) for name in map(str, self.fields)}


class ImportOutput(RowOutput):
    """A file. `step` is what is under way or done: `check`, or `import` once it was started; `state` how that stands.

    `checked` are the numbers of the look at it, `counts` those of its `step`; `percent` is read of the file.
    """

    percent = serializers.IntegerField(read_only=True)
    can_start = serializers.BooleanField(read_only=True)
    checked = NumbersOutput(read_only=True)
    counts = NumbersOutput(read_only=True)
    notes = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ImportRun
        fields = (
            "id",
            "kind",
            "name",
            "size_bytes",
            "step",
            "state",
            "percent",
            "can_start",
            "checked",
            "counts",
            "notes",
            "problem",
            "created_at",
            "ended_at",
            "settled_at",
        )
        read_only_fields = fields


class ImportForm(Input):
    """Products as Shopify writes them, or an order history with a row for each line of an order, in CSV."""

    kind = serializers.ChoiceField(ImportRun.Kind.choices)
    file = serializers.FileField(allow_empty_file=True)


class ImportRows(Resource):
    """Imports, in one statement."""

    model = ImportRun
    output = ImportOutput
    scopes = Scopes("imports")


class ImportList(ImportRows, Lists, Uploads):
    """Files that were sent. A new one is looked at at once, and imported when somebody says so."""

    form = ImportForm
    parser_classes: tuple[type[BaseParser], ...] = (LimitedForm,)
    stamp = "created_at"
    filters = {
        "kind": filters.choice("kind", ImportRun.Kind.choices, "Those of this kind."),
        "state": filters.choice("state", ImportRun.State.choices, "Those that stand so."),
    }

    def most_bytes(self) -> int:
        return most_bytes()

    def create(self, values: Values, **keys: Any) -> ImportRun:
        file = values["file"]
        return receive_file(file, kind=ImportRun.Kind(values["kind"]), name=file.name, actor=self.actor)


class ImportItem(ImportRows, Shows):
    """A file, and how far it is."""


class StartImport(ImportRows, Acts):
    """Imports a file that was looked at, or tries again one whose import failed; what is there is passed over."""

    operation = "start_import"
    verb = "start"

    def act(self, row: ImportRun, values: Values) -> None:
        start_import(row.pk)


class SettleImport(ImportRows, Acts):
    """Says that nobody need look at the errors of an import any more."""

    operation = "settle_import"
    verb = "settle"

    def act(self, row: ImportRun, values: Values) -> None:
        settle_run(row.pk)


class RejectedRowOutput(serializers.Serializer[Any]):
    """A row that was not imported: its line in the file, and why."""

    line = serializers.IntegerField()
    reason = serializers.CharField()
    belongs_to = serializers.CharField()
    cells = serializers.DictField(child=serializers.CharField())


class RejectedPageOutput(Output):
    """Rows in the order of the file. Where `next` is a number, ask again with it as `after`."""

    results = RejectedRowOutput(many=True)
    next = serializers.IntegerField(allow_null=True)


class ImportErrors(ImportRows):
    """The rows that the last step of an import rejected, each with its reason; kept for thirty days."""

    operation = "list_import_errors"
    output = RejectedPageOutput  # type: ignore[assignment]
    place_filters = {
        "after": Filter(
            serializers.IntegerField(min_value=0, max_value=LARGEST_OFFSET), "", "Rows that were read before."
        ),
        "limit": Filter(serializers.IntegerField(min_value=1, max_value=MOST), "", "Rows of an answer."),
    }

    def get(self, request: Request, key: Any) -> Response:
        given = request.query_params
        check_parameters(given, tuple(self.place_filters))
        read = {name: one.read(name, str(given[name])) for name, one in self.place_filters.items() if name in given}
        after, limit = read.get("after", 0), read.get("limit", USUAL)
        found = rejected_rows(self.find(key=key), after=after, most=limit + 1)
        shown = [
            {"line": row.line, "reason": row.reason, "belongs_to": row.belongs_to, "cells": row.cells}
            for row in found[:limit]
        ]
        return Response({"results": shown, "next": after + limit if len(found) > limit else None})
