"""Figures rolled up by day."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.models import Category, Product


class AnalyticsDaily(models.Model):
    """One day of the shop, in its own time zone. Amounts are in the shop's currency."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    total_revenue = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
    gross_revenue = models.DecimalField(
        max_digits=15,
        decimal_places=3,
        default=Decimal(0),
        db_default=Decimal(0),
        help_text="What its orders cost, before anything was given back.",
    )
    total_orders = models.IntegerField(default=0, db_default=0)
    average_order_value = models.DecimalField(
        max_digits=13, decimal_places=3, default=Decimal(0), db_default=Decimal(0)
    )
    new_customers = models.IntegerField(default=0, db_default=0)
    returning_customers = models.IntegerField(default=0, db_default=0)
    units_sold = models.IntegerField(default=0, db_default=0)
    website_visitors = models.IntegerField(default=0, db_default=0)
    page_views = models.IntegerField(default=0, db_default=0)
    conversion_rate = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal(0), db_default=Decimal(0), help_text="In percent."
    )
    rolled_up_at = models.DateTimeField(null=True, editable=False, help_text="What was written before is in it.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "analytics_daily"
        verbose_name_plural = "daily analytics"
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["date"], name="analytics_daily_date_key")]
        indexes = [models.Index(fields=["date"], name="idx_analytics_daily_date")]

    def __str__(self) -> str:
        return str(self.date)


class ProductDaily(models.Model):
    """What one product sold on one day of the shop."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    product = models.ForeignKey(
        Product, models.CASCADE, related_name="sales_by_day", db_index=False, db_constraint=False
    )
    orders = models.IntegerField(default=0, db_default=0)
    units_sold = models.IntegerField(default=0, db_default=0)
    revenue = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        db_table = "analytics_product_daily"
        verbose_name_plural = "daily sales of products"
        ordering = ["-date", "-revenue"]
        constraints = [models.UniqueConstraint(fields=["date", "product"], name="analytics_product_daily_key")]
        indexes = [models.Index(fields=["product", "date"], name="idx_analytics_product_product")]

    def __str__(self) -> str:
        return f"{self.date}: {self.units_sold}"


class CategoryDaily(models.Model):
    """What the products of one category sold on one day, by where they stood when it was rolled up; empty for those
    of none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    category = models.ForeignKey(
        Category,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sales_by_day",
        db_index=False,
        db_constraint=False,
    )
    orders = models.IntegerField(default=0, db_default=0)
    units_sold = models.IntegerField(default=0, db_default=0)
    revenue = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        db_table = "analytics_category_daily"
        verbose_name_plural = "daily sales of categories"
        ordering = ["-date", "-revenue"]
        indexes = [models.Index(fields=["date"], name="idx_analytics_category_date")]

    def __str__(self) -> str:
        return f"{self.date}: {self.units_sold}"


class CountryDaily(models.Model):
    """What was ordered on one day to one country: where it is sent, or else who pays; empty when nobody said."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166-1 alpha-2.")
    orders = models.IntegerField(default=0, db_default=0)
    revenue = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        db_table = "analytics_country_daily"
        verbose_name_plural = "daily sales by country"
        ordering = ["-date", "-revenue"]
        constraints = [models.UniqueConstraint(fields=["date", "country"], name="analytics_country_daily_key")]

    def __str__(self) -> str:
        return f"{self.date} {self.country}: {self.orders}"


class HourDaily(models.Model):
    """What was ordered in an hour of one day, by the clock of the shop's time zone: one that comes twice is one."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    hour = models.SmallIntegerField(help_text="From 0 to 23.")
    orders = models.IntegerField(default=0, db_default=0)
    revenue = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        db_table = "analytics_hour_daily"
        verbose_name_plural = "daily sales by hour"
        ordering = ["-date", "hour"]
        constraints = [
            models.UniqueConstraint(fields=["date", "hour"], name="analytics_hour_daily_key"),
            models.CheckConstraint(condition=Q(hour__gte=0, hour__lte=23), name="analytics_hour_daily_hour_check"),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.hour}: {self.orders}"


class RollupState(models.Model):
    """How far the figures are rolled up: one row. Another time zone or currency makes all of them wrong."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    timezone = models.CharField(max_length=50)
    currency = models.CharField(max_length=3)
    rolled_up_at = models.DateTimeField(help_text="What was written before is in the figures.")

    class Meta:
        db_table = "analytics_state"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="analytics_state_one_row")]

    def __str__(self) -> str:
        return f"{self.timezone}, {self.rolled_up_at}"
