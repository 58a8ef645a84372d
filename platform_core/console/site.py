"""The console: Django's admin for the platform's own people."""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.http import urlencode
from unfold.dataclasses import Favicon
from unfold.settings import CONFIG_DEFAULTS
from unfold.sites import UnfoldAdminSite

from platform_core.accounts.models import PlatformUser
from platform_core.console.dashboard.page import dashboard, figures_file

# The website's green, as the admin theme's scale.
GREEN = {
    "50": "#f1f8f5",
    "100": "#dcefe7",
    "200": "#b8decf",
    "300": "#86c4ad",
    "400": "#4fa387",
    "500": "#2a856a",
    "600": "#0d5a43",
    "700": "#0b4a38",
    "800": "#0b3b2e",
    "900": "#072a21",
    "950": "#041a14",
}
# Group, then (title, icon, model), and for a part of its list, or a page below it, what its address has more.
PLACES = (
    (
        "Merchants",
        (
            ("Shops", "storefront", "tenant"),
            ("Accesses", "key", "tenantaccess"),
        ),
    ),
    (
        "Money",
        (
            ("Subscriptions", "autorenew", "tenantsubscription"),
            ("Invoices", "receipt_long", "billinginvoice"),
            ("Credit notes", "undo", "billinginvoice", "?kind__exact=credit"),
            ("Card charges", "credit_card", "cardcharge"),
            ("Card refunds", "currency_exchange", "cardrefund"),
            ("Tax ids", "fact_check", "taxidcheck"),
            ("Plans", "sell", "tenantplan"),
            ("Coupons", "local_activity", "plancoupon"),
        ),
    ),
    (
        "Fleet",
        (
            ("Servers", "dns", "databaseserver"),
            ("Databases", "database", "databaseserver", "databases/"),
            ("Provisioning", "rocket_launch", "provisioningrun"),
            ("Migrations", "upgrade", "migrationrun"),
            ("Backups", "backup", "backup"),
            ("Restores", "settings_backup_restore", "restore"),
            ("Moves", "moving", "move"),
            ("Kept databases", "inventory", "keptdatabase"),
            ("Spare databases", "inventory_2", "sparedatabase"),
            ("Templates", "library_books", "templateversion"),
            ("Tasks set aside", "front_hand", "parkedtask"),
        ),
    ),
    (
        "Figures",
        (
            ("Days", "monitoring", "platformmetric"),
            ("Sales by currency", "payments", "platformsales"),
            ("Rollups of shops", "schedule", "rollupturn"),
        ),
    ),
    (
        "Platform",
        (
            ("People", "group", "platformuser"),
            ("Visits", "badge", "impersonation"),
            ("Settings", "tune", "platformsetting"),
            ("Audit log", "policy", "auditlog"),
        ),
    ),
)


class Console(UnfoldAdminSite):
    """The admin at `/admin/` on the platform's host."""

    enable_nav_sidebar = True
    index_title = "Console"

    def has_permission(self, request: HttpRequest) -> bool:
        """One of the platform's own people, who has given a second factor; a merchant's log-in never opens it."""
        user = request.user
        if not (isinstance(user, PlatformUser) and user.is_active and user.is_operator):
            return False
        return user.session is not None and user.session.two_factor_at is not None

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """There is one log-in on this host; somebody logged in without the right sees the website instead, and an
        operator without a second factor the page that gives one."""
        user = request.user
        if isinstance(user, PlatformUser) and not self.has_permission(request):
            if not user.is_operator:
                return HttpResponseRedirect(reverse("website:shops"))
            if not user.two_factor_enabled:
                return HttpResponseRedirect(reverse("website:two_factor"))
            wanted = {"next": request.GET.get("next") or reverse("admin:index")}
            return HttpResponseRedirect(f"{reverse('website:confirm')}?{urlencode(wanted)}")
        destination = request.GET.get("next") or reverse("admin:index")
        return HttpResponseRedirect(f"{reverse('website:login')}?{urlencode({'next': destination})}")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            **super().each_context(request),
            "site_title": "SmartSeller console",
            "site_header": "SmartSeller",
            "site_subheader": "Console",
            "site_symbol": "hub",
            "site_url": "/",
            "site_favicons": [Favicon(href=static("images/smartseller.svg"), rel="icon", type="image/svg+xml")],
            "account_links": [
                {"title": "Your account", "link": reverse("website:account")},
                {"title": "Your shops", "link": reverse("website:shops")},
            ],
            "colors": {**CONFIG_DEFAULTS["COLORS"], "primary": GREEN},
            "border_radius": "8px",
            "sidebar_navigation": _sidebar(request) if self.has_permission(request) else [],
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard."""
        return dashboard(request, {**self.each_context(request), **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        """Without Django's pages for one's password, and with the files of the dashboard's figures."""
        unused = {"password_change", "password_change_done"}
        kept = [url for url in super().get_urls() if getattr(url, "name", None) not in unused]
        return [path("figures/<slug:part>.csv", self.admin_view(figures_file), name="figures_file"), *kept]


def _sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    home = {
        "title": "Dashboard",
        "icon": "dashboard",
        "link": reverse("admin:index"),
        "active": request.path == reverse("admin:index"),
        "has_permission": True,
    }
    groups = [{"title": title, "items": [_item(request, *place) for place in places]} for title, places in PLACES]
    return [{"title": "", "items": [home]}, *groups]


def _item(request: HttpRequest, title: str, icon: str, model: str, part: str = "") -> dict[str, Any]:
    link = reverse(f"admin:platform_core_{model}_changelist")
    parts = {place[3] for _, places in PLACES for place in places if place[2] == model and len(place) > 3}
    here = request.get_full_path()
    shown = next((each for each in parts if here.startswith(link) and each in here), "")
    return {
        "title": title,
        "icon": icon,
        "link": link + part,
        "active": request.path.startswith(link) and shown == part,
        "has_permission": request.user.has_perm(f"platform_core.view_{model}"),
    }


console = Console(name="admin")
