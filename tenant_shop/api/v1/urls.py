from django.urls import path

from tenant_shop.api.v1.analytics import Cohorts, Daily, TopCategories, TopCountries, TopProducts
from tenant_shop.api.v1.brands import BrandItem, BrandList
from tenant_shop.api.v1.bulk import (
    BulkCustomers,
    BulkProducts,
    BulkStock,
    BulkVariants,
    JobItem,
    JobList,
    JobResults,
)
from tenant_shop.api.v1.campaigns import CampaignItem, CampaignList
from tenant_shop.api.v1.carts import Cart, CartCoupon, CartItem, CartItems, Carts
from tenant_shop.api.v1.categories import CategoryItem, CategoryList
from tenant_shop.api.v1.checkout import Checkout
from tenant_shop.api.v1.companies import ApproveCompany, BlockCompany, CompanyItem, CompanyList
from tenant_shop.api.v1.customers import AddressItem, AddressList, CustomerItem, CustomerList
from tenant_shop.api.v1.discounts import DiscountItem, DiscountList
from tenant_shop.api.v1.documents import Documents, OpenApi
from tenant_shop.api.v1.events import EventList
from tenant_shop.api.v1.field_definitions import CustomFieldItem, CustomFieldList
from tenant_shop.api.v1.groups import CustomerGroupItem, CustomerGroupList
from tenant_shop.api.v1.imports import ImportErrors, ImportItem, ImportList, SettleImport, StartImport
from tenant_shop.api.v1.missing import Missing
from tenant_shop.api.v1.order_actions import Cancel, Capture, Confirm, Deliver, Fulfil, MarkPaid, Refund
from tenant_shop.api.v1.orders import OrderItemView, OrderList
from tenant_shop.api.v1.pictures import ImageItem, ImageList
from tenant_shop.api.v1.products import ProductItem, ProductList
from tenant_shop.api.v1.returns import OpenReturn, ReturnItem, ReturnList
from tenant_shop.api.v1.reviews import ReviewItem, ReviewList
from tenant_shop.api.v1.root import Root
from tenant_shop.api.v1.settings_design import DesignSection, DiscardDesign, PublishDesign, RestoreDesign
from tenant_shop.api.v1.settings_mails import MailSettings, MailWords
from tenant_shop.api.v1.settings_sections import (
    InvoicesSection,
    NoticesSection,
    RegionSection,
    ShopSection,
    TaxSection,
)
from tenant_shop.api.v1.settings_selling import LanguagesSection, LoyaltySection, PaymentsSection
from tenant_shop.api.v1.staff import StaffList
from tenant_shop.api.v1.stock import AdjustStock, StockMovementItem, StockMovementList
from tenant_shop.api.v1.storefront import (
    StorefrontBrandItem,
    StorefrontBrandList,
    StorefrontCategoryItem,
    StorefrontCategoryList,
    StorefrontProductItem,
    StorefrontProductList,
)
from tenant_shop.api.v1.variants import VariantItem, VariantList, VariantsOfProduct
from tenant_shop.api.v1.webhook_deliveries import (
    ResendDelivery,
    ResendRange,
    TestWebhook,
    WebhookDeliveryItem,
    WebhookDeliveryList,
)
from tenant_shop.api.v1.webhooks import RotateSecret, WebhookItem, WebhookList

app_name = "api-v1"
urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("docs/", Documents.as_view(), name="documents"),
    path("openapi.json", OpenApi.as_view(), name="openapi"),
    path("categories/", CategoryList.as_view(), name="categories"),
    path("categories/<uuid:key>/", CategoryItem.as_view(), name="category"),
    path("brands/", BrandList.as_view(), name="brands"),
    path("brands/<uuid:key>/", BrandItem.as_view(), name="brand"),
    path("products/", ProductList.as_view(), name="products"),
    path("products/<uuid:key>/", ProductItem.as_view(), name="product"),
    path("products/<uuid:key>/variants/", VariantsOfProduct.as_view(), name="product-variants"),
    path("products/<uuid:key>/images/", ImageList.as_view(), name="product-images"),
    path("products/<uuid:key>/images/<uuid:image>/", ImageItem.as_view(), name="product-image"),
    path("variants/", VariantList.as_view(), name="variants"),
    path("variants/<uuid:key>/", VariantItem.as_view(), name="variant"),
    path("variants/<uuid:key>/stock/", AdjustStock.as_view(), name="variant-stock"),
    path("stock-movements/", StockMovementList.as_view(), name="stock-movements"),
    path("stock-movements/<uuid:key>/", StockMovementItem.as_view(), name="stock-movement"),
    path("customers/", CustomerList.as_view(), name="customers"),
    path("customers/<uuid:key>/", CustomerItem.as_view(), name="customer"),
    path("customers/<uuid:key>/addresses/", AddressList.as_view(), name="addresses"),
    path("customers/<uuid:key>/addresses/<uuid:address>/", AddressItem.as_view(), name="address"),
    path("customer-groups/", CustomerGroupList.as_view(), name="customer-groups"),
    path("customer-groups/<uuid:key>/", CustomerGroupItem.as_view(), name="customer-group"),
    path("custom-fields/", CustomFieldList.as_view(), name="custom-fields"),
    path("custom-fields/<uuid:key>/", CustomFieldItem.as_view(), name="custom-field"),
    path("discounts/", DiscountList.as_view(), name="discounts"),
    path("discounts/<uuid:key>/", DiscountItem.as_view(), name="discount"),
    path("orders/", OrderList.as_view(), name="orders"),
    path("orders/<uuid:key>/", OrderItemView.as_view(), name="order"),
    path("orders/<uuid:key>/confirm/", Confirm.as_view(), name="order-confirm"),
    path("orders/<uuid:key>/mark-paid/", MarkPaid.as_view(), name="order-mark-paid"),
    path("orders/<uuid:key>/capture/", Capture.as_view(), name="order-capture"),
    path("orders/<uuid:key>/fulfil/", Fulfil.as_view(), name="order-fulfil"),
    path("orders/<uuid:key>/deliver/", Deliver.as_view(), name="order-deliver"),
    path("orders/<uuid:key>/cancel/", Cancel.as_view(), name="order-cancel"),
    path("orders/<uuid:key>/refund/", Refund.as_view(), name="order-refund"),
    path("orders/<uuid:key>/returns/", OpenReturn.as_view(), name="order-returns"),
    path("returns/", ReturnList.as_view(), name="returns"),
    path("returns/<uuid:key>/", ReturnItem.as_view(), name="return"),
    path("reviews/", ReviewList.as_view(), name="reviews"),
    path("reviews/<uuid:key>/", ReviewItem.as_view(), name="review"),
    path("storefront/products/", StorefrontProductList.as_view(), name="storefront-products"),
    path("storefront/products/<uuid:key>/", StorefrontProductItem.as_view(), name="storefront-product"),
    path("storefront/categories/", StorefrontCategoryList.as_view(), name="storefront-categories"),
    path("storefront/categories/<uuid:key>/", StorefrontCategoryItem.as_view(), name="storefront-category"),
    path("storefront/brands/", StorefrontBrandList.as_view(), name="storefront-brands"),
    path("storefront/brands/<uuid:key>/", StorefrontBrandItem.as_view(), name="storefront-brand"),
    path("carts/", Carts.as_view(), name="carts"),
    path("carts/<uuid:key>/", Cart.as_view(), name="cart"),
    path("carts/<uuid:key>/items/", CartItems.as_view(), name="cart-items"),
    path("carts/<uuid:key>/items/<uuid:item>/", CartItem.as_view(), name="cart-item"),
    path("carts/<uuid:key>/coupon/", CartCoupon.as_view(), name="cart-coupon"),
    path("carts/<uuid:key>/checkout/", Checkout.as_view(), name="checkout"),
    path("events/", EventList.as_view(), name="events"),
    path("analytics/daily/", Daily.as_view(), name="analytics-daily"),
    path("analytics/top-products/", TopProducts.as_view(), name="analytics-top-products"),
    path("analytics/top-categories/", TopCategories.as_view(), name="analytics-top-categories"),
    path("analytics/top-countries/", TopCountries.as_view(), name="analytics-top-countries"),
    path("analytics/cohorts/", Cohorts.as_view(), name="analytics-cohorts"),
    path("campaigns/", CampaignList.as_view(), name="campaigns"),
    path("campaigns/<uuid:key>/", CampaignItem.as_view(), name="campaign"),
    path("companies/", CompanyList.as_view(), name="companies"),
    path("companies/<uuid:key>/", CompanyItem.as_view(), name="company"),
    path("companies/<uuid:key>/approve/", ApproveCompany.as_view(), name="company-approve"),
    path("companies/<uuid:key>/block/", BlockCompany.as_view(), name="company-block"),
    path("imports/", ImportList.as_view(), name="imports"),
    path("imports/<uuid:key>/", ImportItem.as_view(), name="import"),
    path("imports/<uuid:key>/start/", StartImport.as_view(), name="import-start"),
    path("imports/<uuid:key>/settle/", SettleImport.as_view(), name="import-settle"),
    path("imports/<uuid:key>/errors/", ImportErrors.as_view(), name="import-errors"),
    path("bulk/products/", BulkProducts.as_view(), name="bulk-products"),
    path("bulk/variants/", BulkVariants.as_view(), name="bulk-variants"),
    path("bulk/stock/", BulkStock.as_view(), name="bulk-stock"),
    path("bulk/customers/", BulkCustomers.as_view(), name="bulk-customers"),
    path("jobs/", JobList.as_view(), name="jobs"),
    path("jobs/<uuid:key>/", JobItem.as_view(), name="job"),
    path("jobs/<uuid:key>/rows/", JobResults.as_view(), name="job-rows"),
    path("staff/", StaffList.as_view(), name="staff"),
    path("settings/shop/", ShopSection.as_view(), name="settings-shop"),
    path("settings/region/", RegionSection.as_view(), name="settings-region"),
    path("settings/tax/", TaxSection.as_view(), name="settings-tax"),
    path("settings/notices/", NoticesSection.as_view(), name="settings-notices"),
    path("settings/invoices/", InvoicesSection.as_view(), name="settings-invoices"),
    path("settings/payments/", PaymentsSection.as_view(), name="settings-payments"),
    path("settings/loyalty/", LoyaltySection.as_view(), name="settings-loyalty"),
    path("settings/languages/", LanguagesSection.as_view(), name="settings-languages"),
    path("settings/mails/", MailSettings.as_view(), name="settings-mails"),
    path("settings/mails/<str:kind>/<str:language>/", MailWords.as_view(), name="settings-mail"),
    path("settings/design/", DesignSection.as_view(), name="settings-design"),
    path("settings/design/publish/", PublishDesign.as_view(), name="settings-design-publish"),
    path("settings/design/discard/", DiscardDesign.as_view(), name="settings-design-discard"),
    path("settings/design/restore/", RestoreDesign.as_view(), name="settings-design-restore"),
    path("webhooks/", WebhookList.as_view(), name="webhooks"),
    path("webhooks/<uuid:key>/", WebhookItem.as_view(), name="webhook"),
    path("webhooks/<uuid:key>/rotate-secret/", RotateSecret.as_view(), name="webhook-rotate-secret"),
    path("webhooks/<uuid:key>/test/", TestWebhook.as_view(), name="webhook-test"),
    path("webhooks/<uuid:key>/resend/", ResendRange.as_view(), name="webhook-resend"),
    path("webhook-deliveries/", WebhookDeliveryList.as_view(), name="webhook-deliveries"),
    path("webhook-deliveries/<uuid:key>/", WebhookDeliveryItem.as_view(), name="webhook-delivery"),
    path("webhook-deliveries/<uuid:key>/resend/", ResendDelivery.as_view(), name="webhook-delivery-resend"),
    path("<path:path>", Missing.as_view(), name="missing"),
]
