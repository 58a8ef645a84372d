"""Everything that the shop holds of a customer, for themselves (GDPR, articles 15 and 20)."""

from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from tenant_shop.carts.models import CartItem, SavedItem, ShoppingCart
from tenant_shop.companies.models import CompanyMember, PurchaseRequest
from tenant_shop.credit_notes.models import CreditNote, CreditNoteLine
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.find import normal_email
from tenant_shop.customers.merged import accounts_of
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.notes import CustomerNote
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.customers.wishlist import WishlistItem
from tenant_shop.documents.models import Document
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.shipments import Shipment
from tenant_shop.payments.models import Payment, PaymentRefund
from tenant_shop.promotions.models import DiscountRedemption
from tenant_shop.quotes.models import QuoteEvent, QuoteLine, QuoteRequest
from tenant_shop.restock.models import StockAlert
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.reviews.models import ProductReview

# What would help a thief and tells the customer nothing.
SECRETS = frozenset({"password_hash", "public_token", "idempotency_key", "payments.metadata", "payment_refunds.key"})


def export_of(customer: Customer, *, at: datetime) -> dict[str, Any]:
    """The customer's data by table, each row with every column but secrets; ready for DjangoJSONEncoder.

    A constant number of statements.
    """
    email = normal_email(customer.email)
    orders = Order.objects.filter(customer=customer)
    quotes = QuoteRequest.objects.filter(customer=customer)
    # Ledgers and credit notes go on to name an account that was merged into this one.
    accounts = accounts_of(customer)
    found: dict[str, Any] = {
        "addresses": CustomerAddress.objects.filter(customer=customer),
        "orders": orders,
        "order_items": OrderItem.objects.filter(order__in=orders.order_by()),
        "credit_notes": CreditNote.objects.filter(customer__in=accounts),
        "credit_note_lines": CreditNoteLine.objects.filter(credit_note__customer__in=accounts),
        "documents": Document.objects.filter(order__in=orders.order_by()),
        "payments": Payment.objects.filter(order__in=orders.order_by()),
        "refunds": PaymentRefund.objects.filter(payment__order__in=orders.order_by()),
        "shipments": Shipment.objects.filter(order__in=orders.order_by()),
        "loyalty_entries": LoyaltyEntry.objects.filter(customer__in=accounts),
        "returns": Return.objects.filter(customer=customer),
        "return_lines": ReturnLine.objects.filter(parent__customer=customer),
        "reviews": ProductReview.objects.filter(customer=customer),
        "wishlist": WishlistItem.objects.filter(customer=customer),
        "carts": ShoppingCart.objects.filter(customer=customer),
        "cart_items": CartItem.objects.filter(cart__customer=customer),
        "saved_for_later": SavedItem.objects.filter(customer=customer),
        "consents": CustomerConsent.objects.filter(customer=customer),
        "company": CompanyMember.objects.filter(customer=customer),
        "purchase_requests": PurchaseRequest.objects.filter(customer=customer),
        "notes_of_staff": CustomerNote.objects.filter(customer=customer),
        "log_ins": CustomerSession.objects.filter(customer=customer),
        "discount_codes_used": DiscountRedemption.objects.filter(Q(customer=customer) | Q(customer_email=email)),
        "quotes": quotes,
        "quote_lines": QuoteLine.objects.filter(quote__in=quotes.order_by()),
        "quote_events": QuoteEvent.objects.filter(quote__in=quotes.order_by()),
        "stock_alerts": StockAlert.objects.filter(email=email),
    }
    tables = {name: [_row(row) for row in rows] for name, rows in found.items()}
    return {"exported_at": at, "customer": _row(customer), **tables}


def _row(row: Model) -> dict[str, Any]:
    table = row._meta.db_table
    return {
        field.attname: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if SECRETS.isdisjoint((field.name, f"{table}.{field.name}"))
    }
