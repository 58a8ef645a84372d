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
    ("points", "/account/points/"),
    ("points-german", "/de/account/points/"),
    ("points-arabic", "/ar/account/points/"),
]
COUNTER: Paths = [
    ("dashboard", "/dashboard/"),
    ("admin", "/admin/"),
    ("admin-products", "/admin/tenant_shop/product/"),
    ("admin-orders", "/admin/tenant_shop/order/"),
    ("design", "/admin/design/"),
    ("settings", "/admin/settings/"),
    ("searches", "/admin/tenant_shop/searchcount/"),
    ("categories", "/admin/tenant_shop/category/"),
    ("new-category", "/admin/tenant_shop/category/add/"),
    ("new-brand", "/admin/tenant_shop/brand/add/"),
    ("discounts", "/admin/tenant_shop/discountcode/"),
    ("customer-groups", "/admin/tenant_shop/customergroup/"),
    ("new-price-list", "/admin/tenant_shop/pricelist/add/"),
    ("new-quantity-rule", "/admin/tenant_shop/quantityrule/add/"),
    ("quotes", "/admin/tenant_shop/quoterequest/"),
    ("new-discount", "/admin/tenant_shop/discountcode/add/"),
    ("languages", "/admin/languages/"),
    ("payments", "/admin/settings/payments/"),
    ("tax", "/admin/settings/tax/"),
    ("tax-rates", "/admin/tenant_shop/taxrate/"),
    ("new-tax-rate", "/admin/tenant_shop/taxrate/add/"),
    ("shipping-zones", "/admin/tenant_shop/shippingzone/"),
    ("points", "/admin/points/"),
    ("returns", "/admin/tenant_shop/return/"),
]
STAFF: dict[str, Counter] = {
    "fernmoor": Counter("hanna@fernmoor.example", COUNTER),
    "kasumino": Counter("mio@kasumino.example", COUNTER),
}
