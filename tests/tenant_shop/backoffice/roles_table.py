"""What each role gets at every address behind the counter.

A row is the answer to GET for owner, admin, editor and viewer, then the answer to a form that the viewer sends by hand.
"""

from typing import Any

from platform_core.accounts.permissions import shop_permits
from tenant_shop.api.v1 import urls as api_urls
from tenant_shop.integrations.keys.scopes import permission_for

Row = tuple[str, str]

# The pages that Django's admin has for a model, by what may be done with it.
LOOKED_AT: dict[str, Row] = {
    "changelist": ("200 200 200 200", "200"),
    "add": ("403 403 403 403", "403"),
    "change": ("200 200 200 200", "403"),
    "delete": ("403 403 403 403", "403"),
    "history": ("200 200 200 200", "405"),
}
MENDED = LOOKED_AT | {"delete": ("200 200 403 403", "403")}
WORKED_ON = MENDED | {"add": ("200 200 200 403", "403")}
RUN = MENDED | {"add": ("200 200 403 403", "403")}

MODELS: dict[str, dict[str, Row]] = {
    "brand": WORKED_ON,
    "bulkedit": LOOKED_AT,
    "category": WORKED_ON,
    "company": LOOKED_AT,
    "customer": MENDED,
    "customfield": RUN,
    "customergroup": WORKED_ON,
    "discountcode": WORKED_ON,
    "importrun": LOOKED_AT | {"add": ("200 200 403 403", "403"), "change": ("200 200 200 200", "405")},
    "order": LOOKED_AT,
    "page": WORKED_ON,
    "pricelist": WORKED_ON,
    "product": WORKED_ON,
    "productreview": MENDED,
    "purchaserequest": LOOKED_AT,
    "quantityrule": WORKED_ON,
    "quoterequest": LOOKED_AT,
    "return": LOOKED_AT,
    "searchcount": LOOKED_AT,
    "searchsynonym": WORKED_ON,
    "shippingzone": RUN,
    "taxrate": RUN,
    "termsversion": LOOKED_AT,
}

# What is a button: only forms are answered.
VERB: Row = ("405 405 405 405", "403")
TO_WORK: Row = ("200 200 200 403", "403")
TO_RUN: Row = ("200 200 403 403", "403")
FOR_ALL: Row = ("200 200 200 200", "200")
TO_READ: Row = ("200 200 200 200", "405")

PAGES: dict[str, Row] = {
    "admin:index": TO_READ,
    "admin:app_list": FOR_ALL,
    "admin:search": FOR_ALL,
    "admin:jsi18n": TO_READ,
    "admin:autocomplete": TO_READ,
    "admin:login": ("302 302 302 302", "302"),
    "admin:logout": ("405 405 405 405", "302"),
    "admin/(?P<url>.*)$": ("404 404 404 404", "404"),
    "admin:settings": TO_RUN,
    "admin:settings_index": TO_READ,
    "admin:region": TO_RUN,
    "admin:mails": ("200 200 403 403", "405"),
    "admin:mail": TO_RUN,
    "admin:notices": TO_RUN,
    "admin:filters": TO_RUN,
    "admin:shipping_simulator": TO_READ,
    "admin:tax_settings": TO_RUN,
    "admin:invoice_settings": TO_RUN,
    "admin:payment_settings": TO_RUN,
    "admin:test_orders": TO_RUN,
    "admin:languages": TO_RUN,
    "admin:loyalty_settings": ("200 200 200 200", "403"),
    "admin:design": TO_RUN,
    "admin:design_publish": VERB,
    "admin:design_preview": VERB,
    "admin:design_discard": VERB,
    "admin:design_restore": VERB,
    "admin:domains": TO_RUN,
    "admin:domain_do": VERB,
    "admin:webhooks": TO_READ,
    "admin:webhook_add": TO_RUN,
    "admin:webhook_events": TO_READ,
    "admin:webhook_deliveries": ("200 200 200 200", "403"),
    "admin:webhook_delivery": ("200 200 200 200", "403"),
    "admin:webhook": ("200 200 200 200", "403"),
    "admin:webhook_do": VERB,
    "admin:api_keys": TO_RUN,
    "admin:api_calls": ("200 200 403 403", "405"),
    "admin:api_key": TO_RUN,
    "admin:api_key_roll": VERB,
    "admin:api_key_revoke": VERB,
    "admin:staff": TO_RUN,
    "admin:staff_person": TO_RUN,
    "admin:staff_remove": VERB,
    "admin:staff_resend": VERB,
    "admin:staff_revoke": VERB,
    "admin:audit_log": ("200 403 403 403", "405"),
    "admin:audit_log_file": ("200 403 403 403", "405"),
    "admin:security": ("200 200 403 403", "403"),
    "admin:copies": ("200 200 403 403", "403"),
    "admin:copy_download": ("404 403 403 403", "405"),
    "admin:plan": ("200 200 403 403", "405"),
    "admin:plan_choose": ("200 403 403 403", "405"),
    # A shop of tests has no subscription, and the installation takes no cards: back to the plan, where it is said.
    "admin:plan_change": ("302 403 403 403", "403"),
    "admin:plan_end": ("302 403 403 403", "403"),
    "admin:plan_keep": VERB,
    "admin:plan_coupon": VERB,
    "admin:plan_pay": VERB,
    "admin:plan_details": ("200 403 403 403", "403"),
    "admin:plan_card": ("302 403 403 403", "403"),
    "admin:plan_card_forget": VERB,
    "admin:plan_bill": ("404 404 403 403", "405"),
    "admin:tenant_shop_bulkedit_undo": VERB,
    "admin:tenant_shop_category_move": VERB,
    "admin:tenant_shop_category_tree": TO_READ,
    "admin:tenant_shop_company_approve": VERB,
    "admin:tenant_shop_company_ask": VERB,
    "admin:tenant_shop_company_block": VERB,
    "admin:tenant_shop_company_confirm": VERB,
    "admin:tenant_shop_company_refuse": VERB,
    "admin:tenant_shop_customfield_index": VERB,
    "admin:tenant_shop_customer_data": VERB,
    "admin:tenant_shop_customer_erase": VERB,
    "admin:tenant_shop_customer_erasure": VERB,
    "admin:tenant_shop_customer_merge": TO_RUN,
    "admin:tenant_shop_customer_note": VERB,
    "admin:tenant_shop_customer_points": ("200 200 200 200", "403"),
    "admin:tenant_shop_customer_tags": VERB,
    "admin:tenant_shop_importrun_rejects": TO_READ,
    "admin:tenant_shop_importrun_settle": VERB,
    "admin:tenant_shop_importrun_start": VERB,
    "admin:tenant_shop_order_cancel": TO_WORK,
    "admin:tenant_shop_order_capture": VERB,
    "admin:tenant_shop_order_confirm": VERB,
    "admin:tenant_shop_order_contact": TO_WORK,
    "admin:tenant_shop_order_deliver": VERB,
    "admin:tenant_shop_order_document": TO_READ,
    "admin:tenant_shop_order_invoice": VERB,
    "admin:tenant_shop_order_parcel_slip": TO_READ,
    "admin:tenant_shop_order_slip": TO_READ,
    "admin:tenant_shop_order_edit": TO_WORK,
    "admin:tenant_shop_order_fields": VERB,
    "admin:tenant_shop_order_fulfil": TO_WORK,
    "admin:tenant_shop_order_late": VERB,
    "admin:tenant_shop_order_let_go": VERB,
    "admin:tenant_shop_order_note": VERB,
    "admin:tenant_shop_order_pay": VERB,
    "admin:tenant_shop_order_refund": TO_WORK,
    "admin:tenant_shop_order_return": TO_WORK,
    "admin:tenant_shop_order_send_again": VERB,
    "admin:tenant_shop_order_tags": VERB,
    "admin:tenant_shop_order_tracking": TO_WORK,
    "admin:tenant_shop_order_take": TO_WORK,
    "admin:tenant_shop_order_take_customers": TO_WORK,
    "admin:tenant_shop_order_take_goods": TO_WORK,
    "admin:tenant_shop_pricelist_export": FOR_ALL,
    "admin:tenant_shop_pricelist_import": TO_WORK,
    "admin:tenant_shop_product_count": TO_WORK,
    "admin:tenant_shop_product_duplicate": VERB,
    "admin:tenant_shop_product_reorder": FOR_ALL,
    # Without products that were chosen it leads to the list.
    "admin:tenant_shop_product_table": ("302 302 302 403", "403"),
    "admin:tenant_shop_product_stock": ("200 200 200 200", "403"),
    "admin:tenant_shop_quoterequest_answer": TO_WORK,
    "admin:tenant_shop_return_approve": VERB,
    "admin:tenant_shop_return_decline": VERB,
    "admin:tenant_shop_return_receive": VERB,
    "admin:tenant_shop_return_refund": VERB,
    "dashboard:home": TO_READ,
    "dashboard:csv": TO_READ,
    "dashboard:cohorts": TO_READ,
    "dashboard:discounts": TO_READ,
    "dashboard:setup": VERB,
    "api-v1:root": TO_READ,
    "api-v1:documents": TO_READ,
    "api-v1:openapi": TO_READ,
    "api-v1:missing": ("404 404 404 404", "404"),
}

VIEWED = ("order", "product", "customer")
PAGES |= {f"admin:tenant_shop_{model}_file": ("200 200 200 403", "405") for model in ("order", "customer")}
PAGES |= {"admin:tenant_shop_product_file": TO_READ}
PAGES |= {f"admin:tenant_shop_{model}_keep": VERB for model in VIEWED}
PAGES |= {f"admin:tenant_shop_{model}_view_{verb}": VERB for model in VIEWED for verb in ("rename", "delete")}

# Resources of the API: each role reads with a session what it may look at behind the counter, and changes nothing.
ROLES = ("owner", "admin", "editor", "viewer")
OF_API = {
    f"api-v1:{pattern.name}": pattern
    for pattern in api_urls.urlpatterns
    if getattr(getattr(pattern.callback, "cls", None), "scopes", None) is not None
}


def _answers(pattern: Any) -> Row:
    view = pattern.callback.cls
    sent = "403" if hasattr(view, "post") else "405"
    if not hasattr(view, "get"):
        return "405 405 405 405", sent
    seen = "404" if "<" in str(pattern.pattern) else "200"
    if "get" not in view.http_method_names:
        seen = "405"
    needed = permission_for(view.scopes.needed("GET"))
    roles = (seen if shop_permits(role, {}, needed) else "403" for role in ROLES)
    return " ".join(roles), sent


PAGES |= {name: _answers(pattern) for name, pattern in OF_API.items()}

TABLE: dict[str, Row] = PAGES | {
    f"admin:tenant_shop_{model}_{page}": row for model, pages in MODELS.items() for page, row in pages.items()
}
# Django's short way to an object's page, which has no name.
TABLE |= {f"admin/tenant_shop/{model}/<path:object_id>/": ("302 302 302 302", "302") for model in MODELS}

# What visitors get who are nobody here: the log-in, but for what is no secret and for programs.
NOBODY = {
    "api-v1:root": "200",
    "api-v1:missing": "404",
    "api-v1:documents": "200",
    "api-v1:openapi": "200",
    "dashboard:setup": "405",
}
NOBODY |= {name: "401" if hasattr(pattern.callback.cls, "get") else "405" for name, pattern in OF_API.items()}
