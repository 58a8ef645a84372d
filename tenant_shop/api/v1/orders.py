"""`GET /api/v1/orders/`."""

from typing import Any

from rest_framework import serializers
from rest_framework.generics import ListAPIView

from tenant_shop.api.v1.base import NewestFirst, ShopAPIView
from tenant_shop.api.v1.fields import Amount
from tenant_shop.orders.models import Order, OrderItem


class ItemAmount(Amount):
    """An amount of a line: in the currency of its order, which the line itself does not name."""

    def get_attribute(self, instance: Any) -> Any:
        instance.currency = instance.order.currency
        return super().get_attribute(instance)


class ItemOutput(serializers.ModelSerializer[OrderItem]):
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


class OrderOutput(serializers.ModelSerializer[Order]):
    subtotal_amount = Amount()
    discount_amount = Amount()
    points_amount = Amount()
    shipping_amount = Amount()
    tax_amount = Amount()
    total_amount = Amount()
    customer_id = serializers.UUIDField(read_only=True)
    items = ItemOutput(many=True, read_only=True)

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
            "currency",
            "tax_included",
            "subtotal_amount",
            "discount_amount",
            "points_spent",
            "points_amount",
            "shipping_amount",
            "tax_amount",
            "total_amount",
            "shipping_address",
            "billing_address",
            "items",
            "created_at",
            "updated_at",
        )


class OrderList(ShopAPIView, ListAPIView[Any]):
    """The shop's orders with their lines, newest first."""

    model = Order
    serializer_class = OrderOutput
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        return Order.objects.prefetch_related("items")
