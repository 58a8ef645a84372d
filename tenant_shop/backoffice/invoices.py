"""Orders on account: what is open, and what is overdue."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from tenant_shop.backoffice.today import INVOICES, overdue_invoices
from tenant_shop.orders.models import Order


class InvoiceFilter(admin.SimpleListFilter):
    """Orders that companies pay later, while nobody has paid them."""

    title = "invoices"
    parameter_name = "invoices"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Open"), ("overdue", "Overdue")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        match self.value():
            case "open":
                return queryset.filter(INVOICES)
            case "overdue":
                return overdue_invoices(queryset).order_by("payment_due_at")
        return queryset
