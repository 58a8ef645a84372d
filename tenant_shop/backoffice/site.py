"""The merchant's admin: Django's, in the shop's name and colours, for the shop's people only."""

from typing import Any

from django.contrib.admin import action, actions
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.http import urlencode
from unfold.dataclasses import Favicon
from unfold.sites import UnfoldAdminSite

from platform_core.tenancy.context import current_tenant
from platform_core.tenancy.hosts import platform_url
from platform_core.tenancy.transactions import shop_transaction
from tenant_shop.backoffice import (
    api_calls,
    api_keys,
    audit_log,
    copies,
    design,
    domains,
    filters,
    invoice_settings,
    languages,
    loyalty_settings,
    mail_words,
    notices,
    payment_settings,
    region,
    security,
    settings,
    settings_index,
    shipping_simulator,
    staff,
    tax_settings,
    trying_out,
    webhook_deliveries,
    webhooks,
)
from tenant_shop.backoffice.access import in_shop_time, staff_access
from tenant_shop.backoffice.look import colours, sidebar
from tenant_shop.backoffice.plan import card, change, details, end, overview


@action(permissions=["delete"], description="Delete selected %(verbose_name_plural)s")
def delete_selected(page: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
    """Django's, in one transaction: it writes down what is deleted, and deletes it afterwards."""
    with shop_transaction():
        return actions.delete_selected(page, request, queryset)


class BackOffice(UnfoldAdminSite):
    """The admin at `/admin/` on a shop's host."""

    enable_nav_sidebar = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.disable_action("delete_selected")
        self.add_action(delete_selected)

    def has_permission(self, request: HttpRequest) -> bool:
        """Live access to this shop, and nothing else: no role on the platform opens a shop."""
        return staff_access(request) is not None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        return super().admin_view(in_shop_time(view), cacheable)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """There is one log-in for staff; Django's own would let platform staff in."""
        wanted = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('staff:log-in')}?{urlencode({'next': wanted})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        from tenant_shop.backoffice.log_in import log_out

        return log_out(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        tenant = current_tenant()
        return {
            **super().each_context(request),
            "site_title": tenant.name,
            "site_header": tenant.name,
            "site_subheader": "Back office",
            "site_symbol": "storefront",
            "site_url": "/",
            "is_sandbox": tenant.is_sandbox,
            "site_favicons": [Favicon(href=static("images/shop.svg"), rel="icon", type="image/svg+xml")],
            "account_links": [
                {"title": "Dashboard", "link": reverse("dashboard:home")},
                {"title": "Switch shop", "link": reverse("staff:switch")},
                {"title": "Your account", "link": platform_url("/account/")},
            ],
            "visit": getattr(request.user, "impersonation", None),
            "colors": colours(tenant.theme),
            "border_radius": "8px",
            **self._place_of(request),
        }

    def _place_of(self, request: HttpRequest) -> dict[str, Any]:
        """The sidebar, and the way back from a page of settings that does not stand in it."""
        if not self.has_permission(request):
            return {"sidebar_navigation": []}
        groups = sidebar(request)
        above = settings_index.page_above(request.path)
        if above is None or not request.user.has_perm("tenant_shop.view_setting"):
            return {"sidebar_navigation": groups}
        items = [item for group in groups for item in group["items"]]
        if not any(item["active"] for item in items):
            links = {item["link"] for item in items}
            here = above["link"] if above["link"] in links else reverse("admin:settings_index")
            for item in items:
                item["active"] = item["link"] == here
        return {"sidebar_navigation": groups, "above": above}

    def get_urls(self) -> list[Any]:
        """Without Django's pages for one's password, and without its way to an object's page (`UNUSED`)."""
        theirs = [url for url in super().get_urls() if getattr(url, "name", None) not in UNUSED]
        return [*(self._page(*page) for page in PAGES), *theirs]

    def _page(self, route: str, view: Any, name: str) -> Any:
        return path(route, self.admin_view(view), {"site": self}, name=name)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one home for both doors."""
        from tenant_shop.dashboard.home import home

        return home(request)


# Pages that belong to no model: path, view, name.
PAGES = (
    ("settings/", settings.settings, "settings"),
    ("settings/all/", settings_index.settings_index, "settings_index"),
    ("settings/mails/", mail_words.mails, "mails"),
    ("settings/mails/<slug:kind>/<str:language>/", mail_words.mail, "mail"),
    ("settings/region/", region.region, "region"),
    ("settings/notices/", notices.notices, "notices"),
    ("settings/filters/", filters.filters, "filters"),
    ("settings/delivery/", shipping_simulator.shipping_simulator, "shipping_simulator"),
    ("settings/tax/", tax_settings.tax_settings, "tax_settings"),
    ("settings/invoices/", invoice_settings.invoice_settings, "invoice_settings"),
    ("settings/payments/", payment_settings.payment_settings, "payment_settings"),
    ("settings/test-orders/", trying_out.trying_out, "test_orders"),
    ("settings/domains/", domains.domains, "domains"),
    ("settings/domains/<uuid:domain_id>/do/", domains.domain_do, "domain_do"),
    ("settings/keys/", api_keys.api_keys, "api_keys"),
    ("settings/keys/calls/", api_calls.api_calls, "api_calls"),
    ("settings/keys/<uuid:key_id>/", api_keys.api_key, "api_key"),
    ("settings/keys/<uuid:key_id>/roll/", api_keys.roll, "api_key_roll"),
    ("settings/keys/<uuid:key_id>/revoke/", api_keys.revoke, "api_key_revoke"),
    ("settings/webhooks/", webhooks.webhooks, "webhooks"),
    ("settings/webhooks/new/", webhooks.add, "webhook_add"),
    ("settings/webhooks/events/", webhooks.webhook_events, "webhook_events"),
    ("settings/webhooks/deliveries/", webhook_deliveries.deliveries, "webhook_deliveries"),
    ("settings/webhooks/deliveries/<uuid:delivery_id>/", webhook_deliveries.delivery_page, "webhook_delivery"),
    ("settings/webhooks/<uuid:webhook_id>/", webhooks.webhook_page, "webhook"),
    ("settings/webhooks/<uuid:webhook_id>/do/", webhooks.webhook_do, "webhook_do"),
    ("security/", security.security, "security"),
    ("staff/", staff.staff, "staff"),
    ("staff/<uuid:access_id>/", staff.person, "staff_person"),
    ("staff/<uuid:access_id>/remove/", staff.remove, "staff_remove"),
    ("staff/invitations/<uuid:invitation_id>/resend/", staff.resend, "staff_resend"),
    ("staff/invitations/<uuid:invitation_id>/revoke/", staff.revoke, "staff_revoke"),
    ("audit/", audit_log.audit_log, "audit_log"),
    ("audit/list.csv", audit_log.audit_log_file, "audit_log_file"),
    ("plan/", overview.plan_page, "plan"),
    ("plan/choose/", change.choose, "plan_choose"),
    ("plan/change/<slug:plan>/<slug:cycle>/", change.change, "plan_change"),
    ("plan/cancel/", end.end, "plan_end"),
    ("plan/reactivate/", end.keep, "plan_keep"),
    ("plan/coupon/", overview.coupon, "plan_coupon"),
    ("plan/pay/", overview.pay_now, "plan_pay"),
    ("plan/address/", details.details, "plan_details"),
    ("plan/card/", card.card, "plan_card"),
    ("plan/card/remove/", card.forget, "plan_card_forget"),
    ("plan/bills/<uuid:bill_id>/", overview.bill, "plan_bill"),
    ("copies/", copies.copies, "copies"),
    ("copies/<uuid:archive_id>/download/", copies.download, "copy_download"),
    ("points/", loyalty_settings.loyalty_settings, "loyalty_settings"),
    ("languages/", languages.languages, "languages"),
    ("design/", design.design, "design"),
    ("design/publish/", design.publish, "design_publish"),
    ("design/preview/", design.preview, "design_preview"),
    ("design/discard/", design.discard, "design_discard"),
    ("design/restore/<int:number>/", design.restore, "design_restore"),
)
# `view_on_site` would ask Django's table of content types, which a shop does not have.
UNUSED = {"password_change", "password_change_done", "view_on_site"}

backoffice = BackOffice(name="admin")
