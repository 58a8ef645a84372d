"""What was billed, and what a refusal must not have changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from platform_core.billing.models import BillingInvoice, InvoiceCounter, TenantSubscription
from platform_core.billing.run import billing_run
from platform_core.tenants.models import Tenant


def run(on: date) -> list[str | None]:
    """The numbers of the new invoices."""
    return [invoice.invoice_number for billed in billing_run(on) for invoice in billed.invoices]


def bills() -> list[tuple[str, str, str, str, Decimal]]:
    rows = BillingInvoice.objects.order_by("issued_date", "invoice_number")
    return [
        (row.invoice_number, row.kind, f"{row.period_start:%m-%d}", f"{row.period_end:%m-%d}", row.total_amount)
        for row in rows
    ]


def lines(invoice: BillingInvoice | None) -> list[tuple[str, str, str, str]]:
    assert invoice is not None
    return [(line["kind"], line["plan"], line["first"], line["amount"]) for line in invoice.line_items]


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (TenantSubscription, BillingInvoice, InvoiceCounter)
    ] + [list(Tenant.objects.values("plan_type", "status"))]  # fmt: skip
