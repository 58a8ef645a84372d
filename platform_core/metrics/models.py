from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class PlatformMetric(models.Model):
    """The whole platform on one day (UTC).

    Units: revenue in the platform's currency, USD; response time in milliseconds; uptime in percent.
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
    total_api_calls = models.IntegerField(default=0, db_default=0)

    avg_response_time_ms = models.IntegerField(default=0, db_default=0)
    uptime_percentage = models.DecimalField(
        max_digits=5, decimal_places=2, default=Decimal("100.00"), db_default=Decimal("100.00")
    )

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "platform_metrics"
        ordering = ["-date"]
        constraints = [models.UniqueConstraint(fields=["date"], name="platform_metrics_date_key")]

    def __str__(self) -> str:
        return self.date.isoformat()
