"""Figures rolled up by day."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class AnalyticsDaily(models.Model):
    """One day of the shop, in its own time zone. Amounts are in the shop's currency."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    date = models.DateField()
    total_revenue = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))
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
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "analytics_daily"
        verbose_name_plural = "daily analytics"
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["date"], name="analytics_daily_date_key")]
        indexes = [models.Index(fields=["date"], name="idx_analytics_daily_date")]

    def __str__(self) -> str:
        return str(self.date)
