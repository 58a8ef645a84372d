"""How objects look to integrators when it is not a view that answers: events carry what the API would say.

Kinds are those of `integrations.catalogue`. What has no list in the API yet has its representation here.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from tenant_shop.api.v1.customers import CustomerOutput
from tenant_shop.api.v1.fields import Amount
from tenant_shop.api.v1.orders import OrderList, OrderOutput
from tenant_shop.api.v1.products import ProductList, ProductOutput
from tenant_shop.api.v1.returns import ReturnOutput
from tenant_shop.api.v1.reviews import ReviewOutput
from tenant_shop.customers.models import Customer
from tenant_shop.integrations.representations import Represent
from tenant_shop.payments.models import PaymentRefund
from tenant_shop.quotes.models import QuoteRequest
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview


class RefundOutput(serializers.ModelSerializer[PaymentRefund]):
    order_id = serializers.UUIDField(source="payment.order_id", read_only=True)
    payment_id = serializers.UUIDField(read_only=True)
    amount = Amount()
    shipping_amount = Amount()

    class Meta:
        model = PaymentRefund
        fields = (
            "id",
            "order_id",
            "payment_id",
            "state",
            "amount",
            "shipping_amount",
            "currency",
            "lines",
            "reason",
            "created_at",
            "updated_at",
        )


class QuoteOutput(serializers.ModelSerializer[QuoteRequest]):
    number = serializers.CharField(read_only=True)
    customer_id = serializers.UUIDField(read_only=True)
    order_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = QuoteRequest
        fields = (
            "id",
            "number",
            "customer_id",
            "email",
            "name",
            "currency",
            "status",
            "note",
            "answer",
            "valid_until",
            "revision",
            "order_id",
            "created_at",
            "updated_at",
        )


def _by(output: type[serializers.BaseSerializer[Any]], rows: Callable[[], QuerySet[Any]]) -> Represent:
    def represent(ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
        found = list(rows().filter(pk__in=list(ids)))
        told = json.loads(JSONRenderer().render(output(found, many=True).data))
        return {row.pk: said for row, said in zip(found, told, strict=True)}

    return represent


OUTPUTS: dict[str, type[serializers.BaseSerializer[Any]]] = {
    "order": OrderOutput,
    "product": ProductOutput,
    "customer": CustomerOutput,
    "refund": RefundOutput,
    "review": ReviewOutput,
    "return": ReturnOutput,
    "quote": QuoteOutput,
}
ROWS: dict[str, Callable[[], QuerySet[Any]]] = {
    "order": lambda: OrderList().rows(),
    "product": lambda: ProductList().rows(),
    "customer": Customer.objects.all,
    "refund": lambda: PaymentRefund.objects.select_related("payment"),
    "review": ProductReview.objects.all,
    "return": lambda: Return.objects.prefetch_related("lines"),
    "quote": QuoteRequest.objects.all,
}
REPRESENTATIONS: dict[str, Represent] = {kind: _by(output, ROWS[kind]) for kind, output in OUTPUTS.items()}
