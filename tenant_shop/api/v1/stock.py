"""`/api/v1/stock-movements/` and a variant's `stock/`: what came and went."""

from typing import Any

from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Choice, Input, Text, Whole
from smartseller.api.outputs import RowOutput
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.resource import Acts, Lists, Shows, Values
from tenant_shop.api.v1.variants import LARGEST_STOCK, VariantRows
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.inventory.adjust import adjust_stock
from tenant_shop.inventory.models import StockMovement
from tenant_shop.inventory.set_quantity import set_quantities

Reason = StockMovement.Reason
# The others are written by what happens to orders.
BY_HAND = [(reason.value, reason.label) for reason in (Reason.RECEIVED, Reason.CORRECTION, Reason.DAMAGE)]


class StockMovementOutput(RowOutput):
    """Some pieces of a variant came (`delta` above zero) or went. Movements are never changed."""

    variant_id = serializers.UUIDField(read_only=True)
    order_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = StockMovement
        fields = ("id", "variant_id", "delta", "reason", "order_id", "reference", "actor", "created_at")
        read_only_fields = fields


class StockMovementList(Lists):
    """The ledger of the stock: a variant's quantity is the sum of its movements."""

    model, output = StockMovement, StockMovementOutput
    scopes = Scopes("inventory")
    stamp = "created_at"
    filters = {
        "variant_id": filters.key("variant_id", "Those of this variant."),
        "order_id": filters.key("order_id", "Those of this order."),
        "reason": filters.choice("reason", Reason.choices, "Those for this reason."),
    }


class StockMovementItem(Shows):
    """A movement."""

    model, output = StockMovement, StockMovementOutput
    scopes = Scopes("inventory")


class StockInput(Input):
    """Either `delta`, pieces that came or went, or `quantity`, what was counted. `seen` is what was believed to be
    there then: 409 when something else is.
    """

    rule = {
        "if": {"required": ["delta"]},
        "then": {"properties": {"quantity": False, "seen": False}},
        "else": {"required": ["quantity"]},
    }

    delta = Whole(required=False, min_value=-LARGEST_STOCK, max_value=LARGEST_STOCK)
    quantity = Whole(required=False, min_value=0, max_value=LARGEST_STOCK)
    seen = Whole(required=False, min_value=-LARGEST_STOCK, max_value=LARGEST_STOCK)
    reason = Choice(BY_HAND, required=False)
    reference = Text(max_length=100, required=False)

    def validate(self, attrs: Values) -> Values:
        if ("delta" in attrs) == ("quantity" in attrs):
            raise serializers.ValidationError("Say either delta or quantity.", "one_of_two")
        if "seen" in attrs and "quantity" not in attrs:
            raise serializers.ValidationError({"seen": "This goes with quantity."}, "one_of_two")
        return attrs


class AdjustStock(VariantRows, Acts):
    """Moves the stock of a variant. What was sold meanwhile stays sold."""

    scopes = Scopes("inventory")
    operation = "adjust_stock"
    verb = "count"
    input = StockInput
    examples = {"POST": {"delta": 12, "reason": "received", "reference": "Delivery 4711"}}

    def act(self, row: ProductVariant, values: Values) -> None:
        told: dict[str, Any] = {"reference": values.get("reference"), "actor": self.actor}
        reason = Reason(values.get("reason", Reason.CORRECTION))
        if "delta" in values:
            adjust_stock({row.pk: values["delta"]}, reason=reason, **told)
        else:
            seen = {row.pk: values["seen"]} if "seen" in values else None
            set_quantities({row.pk: values["quantity"]}, seen=seen, reason=reason, **told)
