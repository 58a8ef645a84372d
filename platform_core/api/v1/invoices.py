"""`/api/v1/invoices/`: what the platform billed for a person's own shops."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_core.accounts.shops import RUNS_IT, shops_of
from platform_core.api.gate.scopes import Scopes
from platform_core.api.v1.resource import Lists, Resource, Shows
from platform_core.billing.models import BillingInvoice, InvoiceStatus
from smartseller.api import filters
from smartseller.api.fields import Amount
from smartseller.api.outputs import RowOutput


class InvoiceOutput(RowOutput):
    """An invoice. What it says is frozen; `status` and `paid_date` are what became of it."""

    shop_id = serializers.UUIDField(source="tenant_id")
    number = serializers.CharField(source="invoice_number")
    subtotal = Amount()
    discount_amount = Amount()
    tax_amount = Amount()
    total_amount = Amount()
    tax_rate = serializers.DecimalField(max_digits=6, decimal_places=5)
    line_items = serializers.SerializerMethodField()

    class Meta:
        model = BillingInvoice
        fields = (
            "id",
            "number",
            "shop_id",
            "kind",
            "status",
            "period_start",
            "period_end",
            "currency",
            "subtotal",
            "discount_amount",
            "tax_rate",
            "tax_amount",
            "total_amount",
            "reverse_charge",
            "buyer",
            "line_items",
            "issued_date",
            "due_date",
            "paid_date",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_line_items(self, invoice: BillingInvoice) -> Any:
        return invoice.line_items


class OfOwnShops(Resource):
    """Invoices of the shops that the person owns or runs."""

    model, output = BillingInvoice, InvoiceOutput
    scopes = Scopes("invoices")

    def rows(self) -> QuerySet[Any]:
        return BillingInvoice.objects.filter(tenant__in=shops_of(self.person.pk, roles=RUNS_IT).values("pk"))


class InvoiceList(OfOwnShops, Lists):
    """The invoices of the shops that you own or run."""

    filters = {
        "shop_id": filters.key("tenant", "Of this shop."),
        "status": filters.choice("status", InvoiceStatus.values, "As it stands."),
        "number": filters.text("invoice_number", "The one with this number."),
    }


class InvoiceItem(OfOwnShops, Shows):
    """An invoice of a shop that you own or run."""
