"""`/api/v1/returns/`: what customers send back."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Choice, Flag, Input, Text
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.order_actions import LineInput, pieces_of
from tenant_shop.api.v1.resource import Creates, Lists, Resource, Shows, Values
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.returns.open import open_return


class ReturnLineOutput(serializers.ModelSerializer[ReturnLine]):
    """Pieces of a line of the order."""

    order_item_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = ReturnLine
        fields = ("order_item_id", "quantity")
        read_only_fields = fields


class ReturnOutput(RowOutput):
    """Pieces of an order that come back. `note` is what the customer wrote, `answer` what the shop did."""

    order_id = serializers.UUIDField(read_only=True)
    customer_id = serializers.UUIDField(read_only=True, allow_null=True)
    lines = ReturnLineOutput(many=True, read_only=True)

    class Meta:
        model = Return
        fields = (
            "id",
            "order_id",
            "customer_id",
            "status",
            "reason",
            "note",
            "answer",
            "lines",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class ReturnInput(Input):
    """`is_here`: the goods are here already, and with `restock` go back on sale. `answer` is told to the customer."""

    lines = LineInput(many=True, allow_empty=False)
    reason = Choice(Return.Reason.choices)
    is_here = Flag(required=False)
    restock = Flag(required=False)
    answer = Text(max_length=1_000, required=False, allow_blank=True)


class ReturnRows(Resource):
    """Returns with their lines, in two statements."""

    model = Return
    output = ReturnOutput
    scopes = Scopes("orders")

    def rows(self) -> QuerySet[Return]:
        return Return.objects.prefetch_related("lines")


class ReturnList(ReturnRows, Lists):
    """The shop's returns."""

    filters = {
        "order_id": filters.key("order_id", "Those of this order."),
        "customer_id": filters.key("customer_id", "Those of this customer."),
        "status": filters.choice("status", Return.Status.choices, "Those that stand so."),
    }


class ReturnItem(ReturnRows, Shows):
    """A return."""


class OpenReturn(ReturnRows, Creates):
    """Takes pieces of an order that was sent back, by the rules of a customer's own request. The customer is mailed."""

    operation = "open_return"
    input = ReturnInput

    def create(self, values: Values, **keys: Any) -> Return:
        return open_return(
            keys["key"],
            pieces_of(values["lines"]),
            reason=Return.Reason(values["reason"]),
            is_here=values.get("is_here", False),
            restock=values.get("restock", False),
            answer=values.get("answer", ""),
            actor=self.actor,
        )
