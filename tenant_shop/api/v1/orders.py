"""`/api/v1/orders/`: what customers bought."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from smartseller.api import filters
from smartseller.api.inputs import Input
from smartseller.api.outputs import RowOutput
from smartseller.money import quantize
from tenant_shop.api.gate.scopes import Scopes
from tenant_shop.api.v1.custom_fields import CustomFieldsInput, CustomFieldsOutput, read_custom_values
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.resource import Edits, Lists, Resource, Shows, Values
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.custom_fields.set_values import keep_order_metadata
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.lock import lock_order
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.models import Payment
from tenant_shop.payments.status import balance


class ItemAmount(Amount):
    """An amount of a line: in the currency of its order, which the line itself does not name."""

    def get_attribute(self, instance: Any) -> Any:
        instance.currency = instance.order.currency
        return super().get_attribute(instance)


class LedgerAmount(Amount):
    """What an order's payments say: `captured_amount`, `refunded_amount`."""

    def get_attribute(self, instance: Any) -> Any:
        entries = (entry for payment in instance.payments.all() for entry in payment.entries.all())
        moved = getattr(balance(entries), str(self.field_name).removesuffix("_amount"))
        return quantize(moved, instance.currency)


class PaidAmount(Amount):
    """`captured_amount` or `refunded_amount` of a payment, read off the entries that were fetched along."""

    def get_attribute(self, instance: Any) -> Any:
        moved = getattr(balance(instance.entries.all()), str(self.field_name).removesuffix("_amount"))
        return quantize(moved, instance.currency)


class ItemOutput(serializers.ModelSerializer[OrderItem]):
    """A line of an order."""

    product_id = serializers.UUIDField(read_only=True)
    variant_id = serializers.UUIDField(read_only=True)
    unit_price = ItemAmount()
    total_price = ItemAmount()
    discount_amount = ItemAmount()
    points_amount = ItemAmount()
    tax_amount = ItemAmount()

    class Meta:
        model = OrderItem
        fields = (
            "id",
            "product_id",
            "variant_id",
            "product_name",
            "product_sku",
            "quantity",
            "unit_price",
            "total_price",
            "discount_amount",
            "points_amount",
            "tax_amount",
        )


class PaymentOutput(serializers.ModelSerializer[Payment]):
    """A payment of the order. `amount` is what was asked for."""

    amount = Amount()
    captured_amount = PaidAmount()
    refunded_amount = PaidAmount()

    class Meta:
        model = Payment
        fields = (
            "id",
            "gateway",
            "method",
            "state",
            "amount",
            "captured_amount",
            "refunded_amount",
            "currency",
            "created_at",
        )
        read_only_fields = fields


class ShipmentLineOutput(serializers.Serializer[Any]):
    """Pieces of a line that were sent."""

    item_id = serializers.UUIDField(source="item", read_only=True)
    quantity = serializers.IntegerField(read_only=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"item_id": instance["item"], "quantity": instance["quantity"]}


class ShipmentOutput(serializers.ModelSerializer[Shipment]):
    """What was sent together."""

    lines = ShipmentLineOutput(many=True, read_only=True)

    class Meta:
        model = Shipment
        fields = ("id", "carrier", "tracking_number", "tracking_url", "lines", "created_at")
        read_only_fields = fields


class CompanyOutput(serializers.Serializer[Order]):
    """The company that ordered, as it was called then."""

    id = serializers.UUIDField(source="company_id", read_only=True)
    name = serializers.CharField(source="company_name", read_only=True)
    tax_id = serializers.CharField(source="company_tax_id", read_only=True)


class OrderOutput(CustomFieldsOutput, RowOutput):
    """An order, as it stands. Amounts are in its own currency; lines, addresses and prices are those of the day when it
    was placed.
    """

    custom_owner = CustomField.Owner.ORDER
    subtotal_amount = Amount()
    discount_amount = Amount()
    points_amount = Amount()
    shipping_amount = Amount()
    tax_amount = Amount()
    total_amount = Amount()
    credited_amount = Amount()
    captured_amount = LedgerAmount()
    refunded_amount = LedgerAmount()
    customer_id = serializers.UUIDField(read_only=True, allow_null=True)
    company = serializers.SerializerMethodField()
    items = ItemOutput(many=True, read_only=True)
    payments = PaymentOutput(many=True, read_only=True)
    shipments = ShipmentOutput(many=True, read_only=True)

    class Meta:
        model = Order
        fields = (
            "id",
            "order_number",
            "status",
            "payment_status",
            "fulfillment_status",
            "customer_id",
            "customer_email",
            "company",
            "purchase_number",
            "payment_method",
            "payment_due_at",
            "reverse_charge",
            "currency",
            "tax_included",
            "subtotal_amount",
            "discount_amount",
            "points_spent",
            "points_amount",
            "shipping_amount",
            "tax_amount",
            "total_amount",
            "credited_amount",
            "captured_amount",
            "refunded_amount",
            "shipping_address",
            "billing_address",
            "items",
            "payments",
            "shipments",
            "custom_fields",
            "created_at",
            "updated_at",
        )

    @extend_schema_field(CompanyOutput(allow_null=True))
    def get_company(self, order: Order) -> Any:
        """Who buys, None for who bought for themselves."""
        return CompanyOutput(order).data if order.company_id else None


class OrderRows(Resource):
    """Orders with their lines, payments and parcels, in five statements."""

    model = Order
    output = OrderOutput
    scopes = Scopes("orders")

    def rows(self) -> QuerySet[Order]:
        return Order.objects.prefetch_related("items", "payments__entries", "shipments")


class OrderList(OrderRows, Lists):
    """The shop's orders with their lines, and what of their money came and went."""

    filters = {
        "status": filters.choice("status", Order.Status.choices, "Those of this status."),
        "payment_status": filters.choice("payment_status", Order.PaymentStatus.choices, "Those that were paid so."),
        "fulfillment_status": filters.choice(
            "fulfillment_status", Order.FulfillmentStatus.choices, "Those that were sent so."
        ),
        "order_number": filters.text("order_number", "The one with this number."),
        "customer_id": filters.key("customer_id", "Those of this customer."),
        "customer_email": filters.text("customer_email__iexact", "Those of this address."),
        "created_from": filters.moment("created_at__gte", "Placed then or later."),
        "created_until": filters.moment("created_at__lte", "Placed then or before."),
    }


class OrderInput(Input):
    """What programs write down of an order. All else is done to it, at addresses of their own."""

    custom_fields = CustomFieldsInput()


class OrderItemView(OrderRows, Shows, Edits):
    """An order."""

    changes = OrderInput
    examples = {"PATCH": {"custom_fields": {"gift_note": "Happy birthday"}}}

    def lock(self, row: Order) -> None:
        lock_order(row.pk)

    def change(self, row: Order, values: Values) -> None:
        if "custom_fields" in values:
            owner, given = CustomField.Owner.ORDER, values["custom_fields"]
            keep_order_metadata(row, read_custom_values(owner, given, metadata=row.metadata, is_new=False))
