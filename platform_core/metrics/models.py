from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from platform_core.tenants.called import shop_of
from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class PlatformMetric(models.Model):
    """The whole platform on one day: tenants and money by the day in UTC, sales by each shop's own day of that date.

    Units: revenue is the platform's own, in its currency, USD: what merchants paid it on that day, and what their
    subscriptions bring in a month. What shops sold has currencies of its own, see `PlatformSales`. Response time is in
    milliseconds, uptime in percent. What nobody measures is NULL.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()

    total_tenants = models.IntegerField(default=0, db_default=0)
    active_tenants = models.IntegerField(default=0, db_default=0)
    new_tenants = models.IntegerField(default=0, db_default=0)
    churned_tenants = models.IntegerField(default=0, db_default=0)

    total_revenue = models.DecimalField(max_digits=15, decimal_places=3, default=0, db_default=0)
    recurring_revenue = models.DecimalField(max_digits=15, decimal_places=3, default=0, db_default=0)

    total_orders = models.IntegerField(default=0, db_default=0)
    total_customers = models.IntegerField(default=0, db_default=0)
    total_products = models.IntegerField(default=0, db_default=0)
    total_api_calls = models.IntegerField(null=True, blank=True, default=0, db_default=0)

    avg_response_time_ms = models.IntegerField(null=True, blank=True, default=0, db_default=0)
    uptime_percentage = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        default=Decimal("100.00"),
        db_default=Decimal("100.00"),
    )

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "platform_metrics"
        verbose_name = "day"
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["date"], name="platform_metrics_date_key")]

    def __str__(self) -> str:
        return self.date.isoformat()


class PlatformSales(models.Model):
    """What all shops of one currency sold on one day: amounts of different currencies are never added up."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    tenants = models.IntegerField(help_text="Shops that sold something, or gave something back.")
    orders = models.IntegerField()
    revenue = models.DecimalField(max_digits=17, decimal_places=3, help_text="In `currency`.")

    class Meta:
        db_table = "platform_sales"
        verbose_name = "sales by currency"
        verbose_name_plural = "sales by currency"
        ordering = ["-date", "currency"]
        constraints = [models.UniqueConstraint(fields=["date", "currency"], name="platform_sales_date_currency_key")]

    def __str__(self) -> str:
        return f"{self.date}: {self.currency}"


class TenantMetric(models.Model):
    """One day of one shop, by its own time zone, as its figures stood when they were last rolled up."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="metrics")
    date = models.DateField()
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    orders = models.IntegerField()
    revenue = models.DecimalField(max_digits=15, decimal_places=3, help_text="In `currency`.")
    customers = models.IntegerField(help_text="At the end of the day.")
    products = models.IntegerField(help_text="At the end of the day.")
    api_calls = models.IntegerField(default=0, db_default=0, help_text="With a key of the shop.")
    stored_bytes = models.BigIntegerField(
        null=True, blank=True, help_text="What its pictures took when the day was first told; empty: nobody looked."
    )
    is_added_up = models.BooleanField(
        default=False, db_default=False, help_text="Whether the platform's own figures have it."
    )

    class Meta:
        db_table = "tenant_metrics"
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["tenant", "date"], name="tenant_metrics_tenant_date_key")]
        indexes = [
            models.Index(fields=["date"], name="idx_tenant_metrics_date"),
            models.Index(fields=["date"], condition=Q(is_added_up=False), name="idx_tenant_metrics_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.date}"


class RollupTurn(models.Model):
    """When a shop's figures are due to be brought up to date: one row for each shop.

    Whoever takes a turn holds it until `taken_until`; killed, it lets the turn fall due again at that moment.
    """

    tenant = models.OneToOneField("platform_core.Tenant", models.CASCADE, primary_key=True, related_name="rollup_turn")
    timezone = models.CharField(max_length=50, help_text="The shop's own, as it last said.")
    midnight_at = models.DateTimeField(help_text="The shop's midnight that ends the day to be closed next.")
    due_at = models.DateTimeField(help_text="That midnight, or the next refresh of today before it.")
    taken_until = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="When all changes were last rolled up.")
    refreshed_at = models.DateTimeField(null=True, blank=True, help_text="When today was.")
    failures = models.IntegerField(default=0, db_default=0, help_text="In a row.")
    last_error = models.TextField(default="", db_default="", blank=True)

    class Meta:
        db_table = "rollup_turns"
        verbose_name = "rollup of a shop"
        verbose_name_plural = "rollups of shops"
        ordering = ["due_at"]
        indexes = [models.Index(fields=["due_at"], name="idx_rollup_turns_due")]

    def __str__(self) -> str:
        return shop_of(self)
