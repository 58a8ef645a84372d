"""`/api/v1/bulk/<kind>/`: many changes at once, made in the background, each with its result under `jobs/`."""

from decimal import Decimal
from typing import Any, ClassVar

from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from smartseller.api import filters
from smartseller.api.inputs import Id, Input, Text
from smartseller.api.lists import MOST, Filter, check_parameters
from smartseller.api.outputs import Output, RowOutput, represent
from smartseller.api.samples import SAMPLE_ID
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.customers import CustomerInput
from tenant_shop.api.v1.origin import origin
from tenant_shop.api.v1.products import NewProductInput
from tenant_shop.api.v1.resource import Lists, Resource, Shows, Values
from tenant_shop.api.v1.stock import StockInput
from tenant_shop.api.v1.variants import NewVariantInput
from tenant_shop.imports.jobs.make import MOST_ROWS, make_job
from tenant_shop.imports.jobs.models import BulkJob, BulkRow
from tenant_shop.imports.jobs.rows import Sender

USUAL = 100
ROWS: dict[str, Any] = {"many": True, "allow_empty": False, "max_length": MOST_ROWS}


class JobOutput(RowOutput):
    """A job. `done` and `failed` count rows that are over; what became of each stands under `rows/`."""

    percent = serializers.IntegerField(read_only=True)

    class Meta:
        model = BulkJob
        fields = (
            "id",
            "kind",
            "state",
            "total",
            "done",
            "failed",
            "percent",
            "created_at",
            "updated_at",
            "ended_at",
        )
        read_only_fields = fields


class InPart(Input):
    """A row of which nothing has to be there: what is missing for what it means is said of the row."""

    def get_fields(self) -> Any:
        found = super().get_fields()
        for field in found.values():
            field.required = False
        return found


class ProductRowInput(InPart, NewProductInput):
    """With `id` the product of this id changes as by `PATCH`; without one a product is made as by `POST`."""

    id = Id()


class VariantRowInput(InPart, NewVariantInput):
    """With `id` the variant of this id changes; without one a variant of `product_id` is made."""

    rule = {"oneOf": [{"required": ["id"]}, {"required": ["product_id"]}]}

    id = Id()
    product_id = Id()

    def validate(self, attrs: Values) -> Values:
        if ("id" in attrs) == ("product_id" in attrs):
            raise serializers.ValidationError("Say either id or product_id.", "one_of_two")
        return attrs


class StockRowInput(StockInput):
    """The variant is named by its id or its SKU."""

    rule = {**StockInput.rule, "oneOf": [{"required": ["variant_id"]}, {"required": ["sku"]}]}

    variant_id = Id(required=False)
    sku = Text(max_length=100, required=False)

    def validate(self, attrs: Values) -> Values:
        if ("variant_id" in attrs) == ("sku" in attrs):
            raise serializers.ValidationError("Say either variant_id or sku.", "one_of_two")
        return super().validate(attrs)


class CustomerRowInput(CustomerInput):
    """The customer of this id changes."""

    id = Id()


class ProductRowsInput(Input):
    """At most 5,000 rows, and no more than the plan has calls an hour."""

    rows = ProductRowInput(**ROWS)


class VariantRowsInput(Input):
    """At most 5,000 rows, and no more than the plan has calls an hour."""

    rows = VariantRowInput(**ROWS)


class StockRowsInput(Input):
    """At most 5,000 rows, and no more than the plan has calls an hour."""

    rows = StockRowInput(**ROWS)


class CustomerRowsInput(Input):
    """At most 5,000 rows, and no more than the plan has calls an hour."""

    rows = CustomerRowInput(**ROWS)


class JobRows(Resource):
    """Jobs, in one statement."""

    model = BulkJob
    output = JobOutput
    scopes = Scopes("imports")


class Bulk(JobRows):
    """A list of rows of one kind."""

    kind: ClassVar[BulkJob.Kind]
    input: ClassVar[type[Input]]
    answers = status.HTTP_202_ACCEPTED

    def post(self, request: Request) -> Response:
        check_parameters(request.query_params, ())
        self.read(self.input)
        sent: Any = request.data
        with self.kept.transaction():
            job = make_job(self.kind, _whole(sent["rows"]), sender=Sender(self.actor, origin(request)))
            shown = represent(self.output, self.rows().get(pk=job.pk))
            self.note("send", job, before=None, after={"kind": job.kind, "rows": job.total})
        return self.answer(shown, self.answers)


def _whole(sent: Any) -> Any:
    """As it is kept: `2.0` is a whole number here, too."""
    match sent:
        case Decimal() if sent == sent.to_integral_value():
            return int(sent)
        case dict():
            return {name: _whole(value) for name, value in sent.items()}
        case list():
            return [_whole(value) for value in sent]
    return sent


class BulkProducts(Bulk):
    """Makes and changes products, row after row, in the order in which they are sent.

    The shape of all rows is looked at first: one that cannot be meant refuses the call, and nothing is done. What a
    rule refuses fails its row alone.
    """

    operation = "bulk_products"
    scopes = Scopes("products")
    kind, input = BulkJob.Kind.PRODUCTS, ProductRowsInput
    examples = {"POST": {"rows": [{"name": "Hammer", "sku": "H-1", "price": "12.50"}]}}


class BulkVariants(Bulk):
    """Adds and changes variants, row after row, by the same rules as products."""

    operation = "bulk_variants"
    scopes = Scopes("products")
    kind, input = BulkJob.Kind.VARIANTS, VariantRowsInput
    examples = {"POST": {"rows": [{"product_id": SAMPLE_ID, "sku": "H-1-L", "options": {"Size": "L"}}]}}


class BulkStock(Bulk):
    """Moves and counts stock, row after row. A row is made once, however often a worker is killed."""

    operation = "bulk_stock"
    scopes = Scopes("inventory")
    kind, input = BulkJob.Kind.STOCK, StockRowsInput
    examples = {"POST": {"rows": [{"sku": "H-1", "delta": 12, "reason": "received"}]}}


class BulkCustomers(Bulk):
    """Changes customers, row after row."""

    operation = "bulk_customers"
    scopes = Scopes("customers")
    kind, input = BulkJob.Kind.CUSTOMERS, CustomerRowsInput


class JobList(JobRows, Lists):
    """The shop's jobs of the last thirty days."""

    filters = {
        "kind": filters.choice("kind", BulkJob.Kind.choices, "Those of this kind."),
        "state": filters.choice("state", BulkJob.State.choices, "Those that stand so."),
    }


class JobItem(JobRows, Shows):
    """A job, and how far it is."""


class RowErrorOutput(serializers.Serializer[Any]):
    """Why a row failed, as the call alone would have been refused."""

    code = serializers.CharField()
    message = serializers.CharField()
    param = serializers.CharField(allow_null=True)


class RowResultOutput(serializers.Serializer[Any]):
    """What came of a row: `number` is its place in what was sent, from 0, `status` that of an answer to it alone."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(BulkRow.State.choices)
    status = serializers.IntegerField(allow_null=True)
    id = serializers.UUIDField(source="subject_id", allow_null=True)
    error = RowErrorOutput(allow_null=True)


class RowResultsOutput(Output):
    """Rows in their order. Where `next` is a number, ask again with it as `after`."""

    results = RowResultOutput(many=True)
    next = serializers.IntegerField(allow_null=True)


class JobResults(JobRows):
    """What came of the rows of a job."""

    operation = "list_job_rows"
    output = RowResultsOutput  # type: ignore[assignment]
    place_filters = {
        "after": Filter(serializers.IntegerField(min_value=-1, max_value=MOST_ROWS), "", "The last number you have."),
        "limit": Filter(serializers.IntegerField(min_value=1, max_value=MOST), "", "Rows of an answer."),
        "state": filters.choice("state", BulkRow.State.choices, "Only those that stand so."),
    }

    def get(self, request: Request, key: Any) -> Response:
        given = request.query_params
        check_parameters(given, tuple(self.place_filters))
        read = {name: one.read(name, str(given[name])) for name, one in self.place_filters.items() if name in given}
        limit = read.get("limit", USUAL)
        rows = BulkRow.objects.filter(job=self.find(key=key), number__gt=read.get("after", -1)).defer("body")
        rows = rows.filter(state=read["state"]) if "state" in read else rows
        found = list(rows.order_by("number")[: limit + 1])
        shown = RowResultOutput(found[:limit], many=True).data
        return Response({"results": shown, "next": found[limit - 1].number if len(found) > limit else None})
