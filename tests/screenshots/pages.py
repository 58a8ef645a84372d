"""The pages of the demo that are photographed, by host."""

from dataclasses import dataclass

# What the demo prints beside every log-in.
PASSWORD = "look-around-freely"
Paths = list[tuple[str, str]]

PLATFORM: Paths = [
    ("landing", "/"),
    ("pricing", "/pricing/"),
    ("sign-up", "/signup/"),
    ("log-in", "/login/"),
    ("find-shop", "/find-my-shop/"),
    ("not-found", "/nothing/"),
]


@dataclass(frozen=True, slots=True)
class Counter:
    """What staff see, and who they are."""

    login: str
    paths: Paths
    words: str
    password: str = PASSWORD


def _shop(*, category: str, brand: str, words: str, typo: str, product: str, plain: str, sold_out: str) -> Paths:
    return [
        ("home", "/"),
        ("home-german", "/de/"),
        ("home-arabic", "/ar/"),
        ("products", "/products/"),
        ("products-filtered", "/products/?available=1&rating=4&sort=price"),
        ("products-arabic", "/ar/products/"),
        ("category-arabic", f"/ar/categories/{category}/"),
        ("category", f"/categories/{category}/"),
        ("brands", "/brands/"),
        ("brand", f"/brands/{brand}/"),
        ("search", f"/products/?q={words}"),
        ("search-typo", f"/products/?q={typo}"),
        ("search-nothing", "/products/?q=xylophone"),
        ("product", f"/products/{product}/"),
        ("products-second-page", "/products/?page=2"),
        ("product-german", f"/de/products/{product}/"),
        ("product-french", f"/fr/products/{product}/"),
        ("product-arabic", f"/ar/products/{product}/"),
        ("product-plain", f"/products/{plain}/"),
        ("product-sold-out", f"/products/{sold_out}/"),
        ("quick-order", "/quick-order/"),
        ("about", "/pages/about/"),
        ("returns", "/pages/returns/"),
        ("empty-cart", "/cart/"),
        ("account", "/account/"),
        ("account-log-in", "/account/log-in/"),
        ("account-register", "/account/register/"),
        ("account-new-password", "/account/password/reset/"),
        ("not-found", "/products/nothing-of-this-name/"),
    ]


SHOPS: dict[str, Paths] = {
    "fernmoor": _shop(
        category="camp", brand="fernmoor", words="tent", typo="slepeing", product="meadow-merino-shirt",
        plain="glowworm-pro-headlamp", sold_out="heath-12-hip-pack",
    ),
    "kasumino": _shop(
        category="table", brand="kasumino", words="mug", typo="notebok", product="morning-mug", plain="espresso-pair",
        sold_out="tasting-cups-seconds",
    ),
}  # fmt: skip
# What a customer sees; an address with "first" leads on to the first of a list.
CUSTOMER: Paths = [
    ("overview", "/account/"),
    ("orders", "/account/orders/"),
    ("profile", "/account/profile/"),
    ("email", "/account/email/"),
    ("points", "/account/points/"),
    ("points-german", "/de/account/points/"),
    ("points-arabic", "/ar/account/points/"),
]
COUNTER: Paths = [
    ("dashboard", "/dashboard/"),
    ("dashboard-today", "/dashboard/?days=1"),
    ("discounts-in-use", "/dashboard/discounts/?days=90"),
    ("who-comes-back", "/dashboard/cohorts/"),
    ("dashboard-no-days", "/dashboard/?from=2026-02-01&to=2026-01-01"),
    ("admin", "/admin/"),
    ("admin-products", "/admin/tenant_shop/product/"),
    ("count-sheet", "/admin/tenant_shop/product/count/"),
    ("reorder", "/admin/tenant_shop/product/reorder/"),
    ("bulk-edits", "/admin/tenant_shop/bulkedit/"),
    ("new-product", "/admin/tenant_shop/product/add/"),
    ("admin-orders", "/admin/tenant_shop/order/"),
    ("new-order", "/admin/tenant_shop/order/take/"),
    ("design", "/admin/design/"),
    ("settings", "/admin/settings/"),
    ("all-settings", "/admin/settings/all/"),
    ("settings-place", "/admin/settings/region/"),
    ("settings-notices", "/admin/settings/notices/"),
    ("settings-invoices", "/admin/settings/invoices/"),
    ("settings-filters", "/admin/settings/filters/"),
    ("imports", "/admin/tenant_shop/importrun/"),
    ("new-import", "/admin/tenant_shop/importrun/add/"),
    ("custom-fields", "/admin/tenant_shop/customfield/"),
    ("new-custom-field", "/admin/tenant_shop/customfield/add/"),
    ("settings-delivery", "/admin/settings/delivery/?country=DE&state=&weight=500&total=50"),
    ("mails", "/admin/settings/mails/"),
    ("mail-words", "/admin/settings/mails/order_placed/en/"),
    ("staff-list", "/admin/staff/"),
    ("audit-log", "/admin/audit/"),
    ("webhooks", "/admin/settings/webhooks/"),
    ("new-webhook", "/admin/settings/webhooks/new/"),
    ("webhook-deliveries", "/admin/settings/webhooks/deliveries/"),
    ("webhook-events", "/admin/settings/webhooks/events/"),
    ("plan", "/admin/plan/"),
    ("plan-choices", "/admin/plan/choose/"),
    ("plan-address", "/admin/plan/address/"),
    ("terms-agreed-to", "/admin/tenant_shop/termsversion/"),
    ("searches", "/admin/tenant_shop/searchcount/"),
    ("categories", "/admin/tenant_shop/category/"),
    ("category-tree", "/admin/tenant_shop/category/tree/"),
    ("new-category", "/admin/tenant_shop/category/add/"),
    ("new-brand", "/admin/tenant_shop/brand/add/"),
    ("discounts", "/admin/tenant_shop/discountcode/"),
    ("customer-groups", "/admin/tenant_shop/customergroup/"),
    ("new-price-list", "/admin/tenant_shop/pricelist/add/"),
    ("new-quantity-rule", "/admin/tenant_shop/quantityrule/add/"),
    ("price-lists", "/admin/tenant_shop/pricelist/"),
    ("quantity-rules", "/admin/tenant_shop/quantityrule/"),
    ("quotes", "/admin/tenant_shop/quoterequest/"),
    ("companies", "/admin/tenant_shop/company/"),
    ("purchase-requests", "/admin/tenant_shop/purchaserequest/"),
    ("open-invoices", "/admin/tenant_shop/order/?invoices=open"),
    ("new-discount", "/admin/tenant_shop/discountcode/add/"),
    ("languages", "/admin/languages/"),
    ("payments", "/admin/settings/payments/"),
    ("test-orders", "/admin/settings/test-orders/"),
    ("tax", "/admin/settings/tax/"),
    ("tax-rates", "/admin/tenant_shop/taxrate/"),
    ("new-tax-rate", "/admin/tenant_shop/taxrate/add/"),
    ("shipping-zones", "/admin/tenant_shop/shippingzone/"),
    ("points", "/admin/points/"),
    ("returns", "/admin/tenant_shop/return/"),
    ("reviews", "/admin/tenant_shop/productreview/?status__exact=pending"),
    ("customers", "/admin/tenant_shop/customer/"),
    ("brands", "/admin/tenant_shop/brand/"),
    ("pages", "/admin/tenant_shop/page/"),
    ("synonyms", "/admin/tenant_shop/searchsynonym/"),
    ("nothing-found", "/admin/tenant_shop/product/?q=xylophone"),
]
STAFF: dict[str, Counter] = {
    "fernmoor": Counter("hanna@fernmoor.example", COUNTER, words="shirt"),
    "kasumino": Counter("mio@kasumino.example", COUNTER, words="mug"),
}
