"""Index of the rooms' models: Django looks only here.

Foreign keys are declared with `db_constraint=False` because Django cannot write ON DELETE rules. The migration that
adds a table writes them in SQL, and a test compares the rules with each field's `on_delete`.
"""

from tenant_shop.analytics.models import (
    AnalyticsDaily,
    CategoryDaily,
    CountryDaily,
    HourDaily,
    ProductDaily,
    RollupState,
)
from tenant_shop.carts.models import CartItem, CartLoss, SavedItem, ShoppingCart
from tenant_shop.catalog.bulk.models import BulkEdit
from tenant_shop.catalog.listing.models import ProductListing
from tenant_shop.catalog.models import Brand, Category, Product, ProductImage
from tenant_shop.catalog.old_slugs import OldSlug
from tenant_shop.catalog.pictures.models import CoverPicture, DiscardedPicture
from tenant_shop.catalog.scheduled.models import ScheduledChange
from tenant_shop.catalog.search.models import SearchCount, SearchSynonym
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.catalog.version import CatalogueVersion
from tenant_shop.companies.models import Company, CompanyMember, PurchaseRequest
from tenant_shop.configuration.custom_fields.models import CustomField
from tenant_shop.configuration.models import SchemaVersion, Setting, TenantSentinel
from tenant_shop.configuration.saved_views.models import SavedView
from tenant_shop.credit_notes.models import CreditNote, CreditNoteLine
from tenant_shop.customers.consents import CustomerConsent
from tenant_shop.customers.models import Customer, CustomerAddress
from tenant_shop.customers.notes import CustomerNote
from tenant_shop.customers.sessions import CustomerSession
from tenant_shop.customers.tokens import CustomerToken
from tenant_shop.customers.wishlist import WishlistItem
from tenant_shop.documents.models import Document, DocumentCounter
from tenant_shop.imports.jobs.models import BulkJob, BulkRow
from tenant_shop.imports.runs.models import ImportRun
from tenant_shop.integrations.calls.models import ApiCall, ApiUsage
from tenant_shop.integrations.idempotency.models import IdempotentCall
from tenant_shop.integrations.keys.models import ApiKey
from tenant_shop.integrations.models import Event, OutboxEvent, Webhook, WebhookDelivery
from tenant_shop.inventory.models import StockMovement
from tenant_shop.loyalty.models import LoyaltyEntry
from tenant_shop.marketing.models import EmailCampaign
from tenant_shop.orders.history import OrderCounter, OrderStatusHistory
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order
from tenant_shop.orders.notes import OrderNote
from tenant_shop.orders.shipments import Shipment
from tenant_shop.pages.models import Page
from tenant_shop.pages.terms import TermsVersion
from tenant_shop.payments.models import Payment, PaymentEntry, PaymentRefund
from tenant_shop.pricing.models import CustomerGroup, PriceList, PriceListEntry, QuantityRule
from tenant_shop.promotions.models import DiscountCode, DiscountRedemption, OrderItemDiscount
from tenant_shop.quotes.models import QuoteEvent, QuoteLine, QuoteRequest
from tenant_shop.restock.models import StockAlert
from tenant_shop.returns.models import Return, ReturnLine
from tenant_shop.reviews.models import ProductReview
from tenant_shop.shipping.models import ShippingZone, ShippingZoneRate
from tenant_shop.taxes.models import TaxRate

__all__ = [
    "AnalyticsDaily",
    "ApiCall",
    "ApiKey",
    "ApiUsage",
    "Brand",
    "BulkEdit",
    "BulkJob",
    "BulkRow",
    "CartItem",
    "CartLoss",
    "CatalogueVersion",
    "Category",
    "CategoryDaily",
    "Company",
    "CompanyMember",
    "CountryDaily",
    "CoverPicture",
    "CreditNote",
    "CreditNoteLine",
    "CustomField",
    "Customer",
    "CustomerAddress",
    "CustomerConsent",
    "CustomerGroup",
    "CustomerNote",
    "CustomerSession",
    "CustomerToken",
    "DiscardedPicture",
    "DiscountCode",
    "DiscountRedemption",
    "Document",
    "DocumentCounter",
    "EmailCampaign",
    "Event",
    "HourDaily",
    "IdempotentCall",
    "ImportRun",
    "LoyaltyEntry",
    "OldSlug",
    "Order",
    "OrderCounter",
    "OrderItem",
    "OrderItemDiscount",
    "OrderNote",
    "OrderStatusHistory",
    "OutboxEvent",
    "Page",
    "Payment",
    "PaymentEntry",
    "PaymentRefund",
    "PriceList",
    "PriceListEntry",
    "Product",
    "ProductDaily",
    "ProductImage",
    "ProductListing",
    "ProductReview",
    "ProductVariant",
    "PurchaseRequest",
    "QuantityRule",
    "QuoteEvent",
    "QuoteLine",
    "QuoteRequest",
    "Return",
    "ReturnLine",
    "RollupState",
    "SavedItem",
    "SavedView",
    "ScheduledChange",
    "SchemaVersion",
    "SearchCount",
    "SearchSynonym",
    "Setting",
    "Shipment",
    "ShippingZone",
    "ShippingZoneRate",
    "ShoppingCart",
    "StockAlert",
    "StockMovement",
    "TaxRate",
    "TenantSentinel",
    "TermsVersion",
    "Webhook",
    "WebhookDelivery",
    "WishlistItem",
]
