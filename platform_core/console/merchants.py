"""Shops, their people, their plans and subscriptions in the console."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from platform_core.accounts.models import TenantAccess
from platform_core.billing.models import TenantSubscription
from platform_core.console.base import ConsoleAdmin, ReadOnlyAdmin
from platform_core.console.site import console
from platform_core.plans.models import TenantPlan
from platform_core.tenants.models import Tenant

STATUS_COLOURS = {"active": "success", "pending_setup": "info", "suspended": "warning", "cancelled": "danger"}
SUBSCRIPTION_COLOURS = {"active": "success", "cancelled": "danger", "past_due": "warning", "suspended": "warning"}


@admin.register(Tenant, site=console)
class TenantAdmin(ReadOnlyAdmin):
    """Shops. Their state is changed by `manage.py tenant`, whose verbs check, record and announce."""

    list_display = ("slug", "name", "status_badge", "plan_type", "server", "database_name", "schema_version")
    list_filter = ("status", "plan_type", "availability")
    search_fields = ("slug", "name", "domain", "contact_email", "database_name")
    ordering = ("slug",)

    @display(description="Status", ordering="status", label=STATUS_COLOURS)
    def status_badge(self, tenant: Tenant) -> tuple[str, str]:
        return tenant.status, tenant.get_status_display()


@admin.register(TenantAccess, site=console)
class TenantAccessAdmin(ConsoleAdmin):
    list_display = ("platform_user", "tenant", "role", "is_active", "expires_at", "granted_at")
    list_filter = ("role", "is_active")
    list_select_related = ("platform_user", "tenant")
    search_fields = ("platform_user__email", "tenant__slug")
    ordering = ("-granted_at", "-id")
    autocomplete_fields = ("platform_user", "tenant", "granted_by")
    readonly_fields = ("granted_at",)


@admin.register(TenantPlan, site=console)
class TenantPlanAdmin(ConsoleAdmin):
    list_display = ("name", "display_name", "monthly_price", "annual_price", "is_public", "is_active")
    search_fields = ("name", "display_name")
    ordering = ("monthly_price", "name")

    def has_delete_permission(self, request: HttpRequest, obj: TenantPlan | None = None) -> bool:
        """A plan that merchants had stays, switched off: their subscriptions refer to it."""
        return False


@admin.register(TenantSubscription, site=console)
class TenantSubscriptionAdmin(ReadOnlyAdmin):
    list_display = ("tenant", "plan", "status_badge", "billing_cycle", "amount", "currency", "current_period_end")
    list_filter = ("status", "billing_cycle")
    list_select_related = ("tenant", "plan")
    search_fields = ("tenant__slug", "external_subscription_id")
    ordering = ("-current_period_end", "-id")

    @display(description="Status", ordering="status", label=SUBSCRIPTION_COLOURS)
    def status_badge(self, subscription: TenantSubscription) -> tuple[str, str]:
        return subscription.status, subscription.get_status_display()
