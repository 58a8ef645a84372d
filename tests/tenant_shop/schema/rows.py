"""Rows of every kind, each with what it must have, for tests that make one thing about them wrong."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from tenant_shop.carts.models import CartItem, ShoppingCart
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.credit_notes.models import CreditNote, CreditNoteLine
from tenant_shop.customers.models import CustomerAddress
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.documents.models import Document
from tenant_shop.imports.jobs.models import BulkJob, BulkRow
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.integrations.idempotency.models import IdempotentCall
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.models import Event, Webhook, WebhookDelivery
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule
from tenant_shop.quotes.models import QuoteLine, QuoteRequest
from tenant_shop.returns.models import Return
from tenant_shop.reviews.models import ProductReview
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tests.factories.catalog import ProductFactory, VariantFactory
from tests.factories.customers import CustomerFactory
from tests.factories.orders import OrderFactory


def api_key(**values: Any) -> ApiKey:
    row = {"name": "Warehouse", "prefix": "sk_live_abcdefgh", "digest": "0" * 64, **values}
    return ApiKey.objects.create(**row)


def idempotent_call(**values: Any) -> IdempotentCall:
    row = {"name": "a", "fingerprint": "0" * 64, "status": 200, "expires_at": timezone.now(), **values}
    return IdempotentCall.objects.create(**{"key": api_key(), **row})


def cart_item(**values: Any) -> CartItem:
    variant = VariantFactory()
    line = {"product": variant.product, "variant": variant, "quantity": 1, "unit_price": 1, **values}
    return CartItem.objects.create(cart=ShoppingCart.objects.create(), **line)


def review(**values: Any) -> ProductReview:
    return ProductReview.objects.create(
        **{"product": ProductFactory(), "customer": CustomerFactory(), "rating": 5, **values}
    )


def payment(**values: Any) -> Payment:
    return Payment.objects.create(
        **{"order": OrderFactory(), "gateway": "manual", "amount": 1, "currency": "EUR", **values}
    )


def entry(**values: Any) -> PaymentEntry:
    row = {"payment": payment(), "kind": "captured", "amount": 1, "currency": "EUR", "gateway": "manual", **values}
    return PaymentEntry.objects.create(**row)


def refund(**values: Any) -> PaymentRefund:
    row = {"payment": payment(), "amount": 1, "currency": "EUR", "key": "a", "actor": "ann", **values}
    return PaymentRefund.objects.create(**row)


def delivery(**values: Any) -> WebhookDelivery:
    event = Event.objects.create(position=1, type="order.created", data={}, occurred_at=timezone.now())
    webhook = Webhook.objects.create(name="Books", url="https://books.example/", events=["order.created"])
    return WebhookDelivery.objects.create(webhook=webhook, event=event, **{"state": "failed", **values})


def address(**values: Any) -> CustomerAddress:
    row = {"address_line_1": "1 Main Street", "city": "Berlin", "country": "DE", **values}
    return CustomerAddress.objects.create(**{"customer": row.pop("customer", None) or CustomerFactory(), **row})


def company(**values: Any) -> Company:
    return Company.objects.create(**{"name": "Example", "country": "DE", **values})


def member(**values: Any) -> CompanyMember:
    return CompanyMember.objects.create(**{"company": company(), "customer": CustomerFactory(), **values})


def asked(**values: Any) -> PurchaseRequest:
    row = {"company": company(), "cart_id": uuid4(), "total": 1, "currency": "EUR", "expires_at": timezone.now()}
    return PurchaseRequest.objects.create(**row | values)


def token(**fields: object) -> CustomerToken:
    values = {"purpose": "reset", "email": "ann@example.com", "expires_at": timezone.now(), **fields}
    return CustomerToken.objects.create(**values)


def credit_note(**fields: Any) -> CreditNote:
    return CreditNote.objects.create(
        **{"number": "C1", "currency": "EUR", "total_amount": 1, "issued_at": timezone.now(), **fields}
    )


def document(**fields: Any) -> Document:
    row = {"kind": "invoice", "sequence": 1, "number": "INV-1", "currency": "EUR", "total_amount": 1, "tax_amount": 0}
    more = {"content": {}, "actor": "ann", "issued_at": timezone.now()}
    return Document.objects.create(**{**row, **more, "order": OrderFactory(), **fields})


def credit_line(**fields: Any) -> CreditNoteLine:
    row = {"product_name": "Mug", "product_sku": "MUG", "quantity": 1, "unit_price": 1, **fields}
    return CreditNoteLine.objects.create(credit_note=credit_note(), product=ProductFactory(), **row)


def returned(**fields: Any) -> Return:
    return Return.objects.create(**{"order": OrderFactory(), "reason": "damaged", **fields})


def zone_rate(**values: object) -> ShippingZoneRate:
    zone = ShippingZone.objects.create(name="World", kind="elsewhere")
    return ShippingZoneRate.objects.create(**{"zone": zone, "name": "Standard", "amount": 1, **values})


def price_list(**values: Any) -> PriceList:
    row = {"name": "a", "currency": "EUR", **values}
    return PriceList.objects.create(group=CustomerGroup.objects.create(name="a"), **row)


def price(**values: Any) -> PriceListEntry:
    row = {"price_list": price_list(), **({} if "percent_off" in values else {"unit_price": 1}), **values}
    return PriceListEntry.objects.create(**row)


def quantity_rule(**values: Any) -> QuantityRule:
    return QuantityRule.objects.create(**{"variant": VariantFactory(), **values})


def quote(**values: Any) -> QuoteRequest:
    return QuoteRequest.objects.create(**{"email": "ann@example.com", "currency": "EUR", **values})


def quote_line(**values: Any) -> QuoteLine:
    row = {"quote": quote(), "product_name": "a", "product_sku": "a", "quantity": 1, "list_price": 1, **values}
    return QuoteLine.objects.create(**row)


def scheduled(**values: Any) -> ScheduledChange:
    return ScheduledChange.objects.create(**{"product": ProductFactory(), "due_at": timezone.now(), **values})


def import_run(**values: Any) -> ImportRun:
    row = {"kind": "products", "name": "a.csv", "size_bytes": 1, "actor": "ann", **values}
    return ImportRun.objects.create(**row)


def bulk_job(**values: Any) -> BulkJob:
    return BulkJob.objects.create(**{"kind": "stock", "total": 1, "actor": "ann", **values})


def bulk_row(**values: Any) -> BulkRow:
    return BulkRow.objects.create(**{"job": bulk_job(), "number": 0, **values})


def custom_field(**values: Any) -> CustomField:
    return CustomField.objects.create(**{"owner": "product", "key": "care", "name": "Care", "kind": "text", **values})
