"""The platform's figures by day, and how far those of shops are, in the console."""

from django.contrib import admin
from django.utils import timezone
from unfold.decorators import display

from platform_core.console.base import ReadOnlyAdmin
from platform_core.console.site import console
from platform_core.metrics.lag import TurnState, state_of
from platform_core.metrics.models import PlatformMetric, PlatformSales, RollupTurn
from smartseller.money import quantize

# The platform's own.
CURRENCY = "USD"
STATE_COLOURS = {
    TurnState.UP_TO_DATE.value: "success",
    TurnState.DUE.value: "info",
    TurnState.UNDER_WAY.value: "info",
    TurnState.LATE.value: "warning",
    TurnState.NEVER.value: "warning",
    TurnState.FAILING.value: "danger",
}


@admin.register(PlatformMetric, site=console)
class PlatformMetricAdmin(ReadOnlyAdmin):
    """One line a day; money is the platform's own, in USD."""

    list_display = ("day", "active", "new", "left", "orders", "customers", "products", "paid", "recurring", "uptime")
    fields = (
        ("date", "total_tenants"),
        ("active_tenants", "new_tenants"),
        ("churned_tenants", "total_orders"),
        ("total_customers", "total_products"),
        ("paid", "recurring"),
        ("total_api_calls", "avg_response_time_ms"),
        "uptime",
    )
    readonly_fields = ("paid", "recurring", "uptime")
    date_hierarchy = "date"
    ordering = ("-date",)

    @display(description="day", ordering="date")
    def day(self, metric: PlatformMetric) -> str:
        return metric.date.isoformat()

    @display(description="shops open", ordering="active_tenants")
    def active(self, metric: PlatformMetric) -> int:
        return metric.active_tenants

    @display(description="new", ordering="new_tenants")
    def new(self, metric: PlatformMetric) -> int:
        return metric.new_tenants

    @display(description="left", ordering="churned_tenants")
    def left(self, metric: PlatformMetric) -> int:
        return metric.churned_tenants

    @display(description="orders", ordering="total_orders")
    def orders(self, metric: PlatformMetric) -> int:
        return metric.total_orders

    @display(description="customers", ordering="total_customers")
    def customers(self, metric: PlatformMetric) -> int:
        return metric.total_customers

    @display(description="products", ordering="total_products")
    def products(self, metric: PlatformMetric) -> int:
        return metric.total_products

    @display(description="paid to us (USD)", ordering="total_revenue")
    def paid(self, metric: PlatformMetric) -> str:
        return str(quantize(metric.total_revenue, CURRENCY))

    @display(description="uptime", ordering="uptime_percentage")
    def uptime(self, metric: PlatformMetric) -> str:
        return "\u2013" if metric.uptime_percentage is None else f"{metric.uptime_percentage} %"

    @display(description="a month (USD)", ordering="recurring_revenue")
    def recurring(self, metric: PlatformMetric) -> str:
        return str(quantize(metric.recurring_revenue, CURRENCY))


@admin.register(PlatformSales, site=console)
class PlatformSalesAdmin(ReadOnlyAdmin):
    """What shops sold, by day and currency."""

    list_display = ("day", "currency", "tenants", "orders", "amount")
    list_filter = ("currency",)
    date_hierarchy = "date"
    ordering = ("-date", "currency")

    @display(description="day", ordering="date")
    def day(self, sales: PlatformSales) -> str:
        return sales.date.isoformat()

    @display(description="sold", ordering="revenue")
    def amount(self, sales: PlatformSales) -> str:
        return str(quantize(sales.revenue, sales.currency))


@admin.register(RollupTurn, site=console)
class RollupTurnAdmin(ReadOnlyAdmin):
    """When each shop's figures are due, and why those are late that are; the longest overdue first."""

    list_display = ("tenant", "state", "timezone", "due_at", "closed_at", "refreshed_at", "failures", "last_error")
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug",)
    ordering = ("due_at", "tenant__slug")

    @display(description="state", label=STATE_COLOURS)
    def state(self, turn: RollupTurn) -> str:
        return state_of(turn.tenant, turn, timezone.now())[0].value
