"""The merchant's admin: Django's, in the shop's name and colours, for the shop's people only."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.http import urlencode
from unfold.dataclasses import Favicon
from unfold.sites import UnfoldAdminSite

from platform_core.tenancy.context import current_tenant
from tenant_shop.backoffice import design, languages, loyalty_settings, payment_settings, settings, tax_settings, today
from tenant_shop.backoffice.access import in_shop_time, staff_access
from tenant_shop.backoffice.look import colours, sidebar


class BackOffice(UnfoldAdminSite):
    """The admin at `/admin/` on a shop's host."""

    enable_nav_sidebar = True
    index_template = "admin/shop/index.html"
    index_title = "Back office"

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
            "site_favicons": [Favicon(href=static("images/shop.svg"), rel="icon", type="image/svg+xml")],
            "account_links": [{"title": "Dashboard", "link": reverse("dashboard:home")}],
            "colors": colours(tenant.theme),
            "border_radius": "8px",
            "sidebar_navigation": sidebar(request) if self.has_permission(request) else [],
        }

    def get_urls(self) -> list[Any]:
        """Without Django's pages for one's password, and without its way to an object's page (`UNUSED`)."""
        theirs = [url for url in super().get_urls() if getattr(url, "name", None) not in UNUSED]
        return [*(self._page(*page) for page in PAGES), *theirs]

    def _page(self, route: str, view: Any, name: str) -> Any:
        return path(route, self.admin_view(view), {"site": self}, name=name)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits today."""
        return super().index(request, {"waiting": today.what_waits(request), **(extra_context or {})})


# Pages that belong to no model: path, view, name.
PAGES = (
    ("settings/", settings.settings, "settings"),
    ("settings/tax/", tax_settings.tax_settings, "tax_settings"),
    ("settings/payments/", payment_settings.payment_settings, "payment_settings"),
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
