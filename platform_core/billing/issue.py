"""Issuing an invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from platform_core.billing.cards.known import pays_by_card
from platform_core.billing.coupons.discount import Discount
from platform_core.billing.letters import Topic, tell
from platform_core.billing.lines import Line
from platform_core.billing.models import BillingInvoice, InvoiceKind, TenantSubscription
from platform_core.billing.numbers import next_number
from platform_core.billing.periods import Period
from platform_core.billing.seller import seller_of
from platform_core.billing.taxes import Tax, tax_of
from platform_core.tenants.models import Tenant
from smartseller.money import quantize

SERIES = "SS"
DUE_DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """What lines come to; `total` = `subtotal` - `discount` + `tax`."""

    subtotal: Decimal
    discount: Decimal
    tax: Decimal
    total: Decimal


def amounts_of(lines: Sequence[Line], discounts: Sequence[Discount], tax: Tax, currency: str) -> Amounts:
    """Rounding: lines and discounts come rounded; the tax is rounded half up once, of what is left of their sum."""
    subtotal = sum((line.amount for line in lines), quantize(Decimal(0), currency))
    discount = sum((each.amount for each in discounts), quantize(Decimal(0), currency))
    on_top = quantize((subtotal - discount) * tax.rate, currency)
    return Amounts(subtotal=subtotal, discount=discount, tax=on_top, total=subtotal - discount + on_top)


def issue_invoice(
    subscription: TenantSubscription,
    tenant: Tenant,
    kind: InvoiceKind,
    lines: Sequence[Line],
    *,
    discounts: Sequence[Discount] = (),
    period: Period,
    on: date,
) -> BillingInvoice | None:
    """Ask the merchant for `lines`, in the caller's transaction, in which the subscription is locked; due two weeks
    later, or at once by whoever pays by card, and told by mail. None when nothing is to be paid. Seven statements.

    Errors: IntegrityError when the period was billed already.
    """
    tax = tax_of(tenant)
    amounts = amounts_of(lines, discounts, tax, subscription.currency)
    if amounts.total <= 0:
        return None
    invoice = BillingInvoice.objects.create(
        tenant=tenant,
        subscription=subscription,
        kind=kind,
        period_start=period.first,
        period_end=period.last,
        subtotal=amounts.subtotal,
        tax_amount=amounts.tax,
        discount_amount=amounts.discount,
        total_amount=amounts.total,
        tax_rate=tax.rate,
        reverse_charge=tax.reverse_charge,
        currency=subscription.currency,
        issued_date=on,
        due_date=on if pays_by_card(tenant.pk) else on + timedelta(days=DUE_DAYS),
        buyer=buyer_of(tenant),
        seller=seller_of(tenant),
        line_items=[line.as_json() for line in lines],
        discounts=[each.as_json() for each in discounts],
        invoice_number=next_number(SERIES, on),
    )
    tell(Topic.ISSUED, invoice)
    return invoice


def buyer_of(tenant: Tenant) -> dict[str, object]:
    return {
        "name": tenant.name,
        "email": tenant.billing_email or tenant.contact_email,
        "country": tenant.country,
        "address": tenant.billing_address or {},
        "tax_id": tenant.tax_id or "",
    }
