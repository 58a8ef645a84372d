"""How the back office looks: the shop's brand colour through the admin theme, and what stands in the sidebar."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from unfold.settings import CONFIG_DEFAULTS

from platform_core.plans.limits import Feature
from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice.reviews_waiting import reviews_waiting
from tenant_shop.configuration.theme import mix, parse_theme

# How much white or black each step of the admin theme's scale mixes into the colour; 600 is the buttons' own step.
STEPS = {
    "50": ("#ffffff", 0.95),
    "100": ("#ffffff", 0.88),
    "200": ("#ffffff", 0.75),
    "300": ("#ffffff", 0.55),
    "400": ("#ffffff", 0.30),
    "500": ("#ffffff", 0.12),
    "600": ("#000000", 0.0),
    "700": ("#000000", 0.15),
    "800": ("#000000", 0.30),
    "900": ("#000000", 0.45),
    "950": ("#000000", 0.60),
}

# Group, then (title, icon, URL name, the model whose view permission shows it, or the permission itself).
PLACES = (
    (
        "Today",
        (
            ("Dashboard", "monitoring", "dashboard:home", None),
            ("Orders", "receipt_long", "order", "order"),
            ("View the shop", "storefront", "storefront:home", None),
        ),
    ),
    (
        "Catalogue",
        (
            ("Products", "sell", "product", "product"),
            ("Categories", "category", "category", "category"),
            ("Brands", "loyalty", "brand", "brand"),
            ("Count stock", "inventory", "admin:tenant_shop_product_count", "tenant_shop.change_product"),
            ("Reorder", "add_shopping_cart", "admin:tenant_shop_product_reorder", "tenant_shop.view_product"),
            ("Bulk edits", "table_edit", "bulkedit", "bulkedit"),
            ("Imports", "upload_file", "importrun", "importrun"),
            ("Reviews", "reviews", "productreview", "productreview"),
            ("Synonyms", "swap_horiz", "searchsynonym", "searchsynonym"),
        ),
    ),
    (
        "Selling",
        (
            ("Customers", "group", "customer", "customer"),
            ("Quotes", "contract", "quoterequest", "quoterequest"),
            ("Companies", "apartment", "company", "company"),
            ("Purchase requests", "approval", "purchaserequest", "purchaserequest"),
            ("Returns", "assignment_return", "return", "return"),
            ("Customer groups", "groups", "customergroup", "customergroup"),
            ("Price lists", "request_quote", "pricelist", "pricelist"),
            ("Quantities", "package_2", "quantityrule", "quantityrule"),
            ("Discount codes", "percent", "discountcode", "discountcode"),
            ("Discounts in use", "query_stats", "dashboard:discounts", "tenant_shop.view_analyticsdaily"),
            ("Who comes back", "autorenew", "dashboard:cohorts", "tenant_shop.view_analyticsdaily"),
            ("Searches", "search", "searchcount", "searchcount"),
        ),
    ),
    (
        "Storefront",
        (
            ("Design", "palette", "admin:design", "tenant_shop.publish_design"),
            ("Pages", "article", "page", "page"),
            ("Terms agreed to", "history_edu", "termsversion", "termsversion"),
        ),
    ),
    (
        "Shop",
        (
            ("All settings", "settings", "admin:settings_index", "tenant_shop.view_setting"),
            ("Shop", "tune", "admin:settings", "tenant_shop.change_setting"),
            ("Payments", "credit_card", "admin:payment_settings", "tenant_shop.change_setting"),
            ("Points", "stars", "admin:loyalty_settings", "tenant_shop.view_setting"),
            ("Domains", "language", "admin:domains", "tenant_shop.change_setting"),
            ("Languages", "translate", "admin:languages", "tenant_shop.change_setting"),
            ("Tax", "account_balance", "admin:tax_settings", "tenant_shop.change_setting"),
            ("Tax rates", "percent", "taxrate", "taxrate"),
            ("Shipping zones", "local_shipping", "shippingzone", "shippingzone"),
            ("API keys", "key", "admin:api_keys", "tenant_shop.view_apikey"),
            ("Webhooks", "webhook", "admin:webhooks", "tenant_shop.view_webhook"),
            ("Staff", "badge", "admin:staff", "tenant_shop.view_staff"),
            ("Audit log", "policy", "admin:audit_log", "tenant_shop.view_auditlog"),
            ("Copies of the shop", "content_copy", "admin:copies", "tenant_shop.view_sandbox"),
            ("Plan and bills", "receipt", "admin:plan", "tenant_shop.view_billing"),
        ),
    ),
)

# How many wait at a place, asked when the sidebar is drawn, and what the number means.
COUNTS = {"productreview": (reviews_waiting, "waiting")}

# Places that a plan includes or not. Without it they say so themselves, and are marked.
OF_FEATURES = {
    "dashboard:discounts": Feature.ADVANCED_REPORTS,
    "dashboard:cohorts": Feature.ADVANCED_REPORTS,
    "admin:domains": Feature.CUSTOM_DOMAIN,
    "admin:api_keys": Feature.API_ACCESS,
    "admin:webhooks": Feature.API_ACCESS,
}

# Pages that stand at a second address.
SAME = {"dashboard:home": "/admin/"}


def colours(theme: Mapping[str, Any]) -> dict[str, Any]:
    """The admin theme's palette, made of the shop's colour as it can be read on a page."""
    ink = parse_theme(theme).brand_ink
    primary = {step: mix(ink, other, share) for step, (other, share) in STEPS.items()}
    return {**CONFIG_DEFAULTS["COLORS"], "primary": primary}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar's groups for this user, in the admin theme's words."""
    groups = [(title, [_item(request, *place) for place in places]) for title, places in PLACES]
    here = [item for _, items in groups for item in items if item["active"]]
    # A page of its own below a list, such as the count of stock, is not the list's.
    for item in here:
        item["active"] = len(item["link"]) == max(len(each["link"]) for each in here)
    return [{"title": title, "items": items} for title, items in groups]


def _item(request: HttpRequest, title: str, icon: str, name: str, model: str | None) -> dict[str, Any]:
    of_model = model is not None and "." not in model
    permission = f"tenant_shop.view_{model}" if of_model else model
    badge, means = COUNTS.get(name, (None, ""))
    link = str(reverse_lazy(f"admin:tenant_shop_{name}_changelist" if of_model else name))
    return {
        "title": title,
        "icon": icon,
        "link": link,
        "active": request.path.startswith(link) if of_model else request.path in (link, SAME.get(name)),
        "has_permission": permission is None or request.user.has_perm(permission),
        "badge": badge,
        "badge_means": means,
        "is_beyond_plan": name in OF_FEATURES and not current_tenant().plan_terms.includes(OF_FEATURES[name]),
    }
