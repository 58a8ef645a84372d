from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7

UNLIMITED_HELP = "Empty or -1: unlimited."
LIMIT_COLUMNS = (
    "max_products",
    "max_orders_per_month",
    "max_customers",
    "max_staff_users",
    "max_file_storage_gb",
    "max_api_calls_per_hour",
)
PRICE_COLUMNS = ("monthly_price", "annual_price", "setup_fee")


class TenantPlan(models.Model):
    """What a merchant may use, and at which price. Limits are read through `plans.limits` only.

    Units: prices in the platform's currency, USD.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    name = models.CharField(max_length=50)
    display_name = models.CharField(max_length=100)
    description = models.TextField(null=True, blank=True)

    max_products = models.IntegerField(null=True, blank=True, help_text=UNLIMITED_HELP)
    max_orders_per_month = models.IntegerField(null=True, blank=True, help_text=UNLIMITED_HELP)
    max_customers = models.IntegerField(null=True, blank=True, help_text=UNLIMITED_HELP)
    max_staff_users = models.IntegerField(null=True, blank=True, help_text=UNLIMITED_HELP)
    max_file_storage_gb = models.IntegerField(null=True, blank=True, help_text=UNLIMITED_HELP)
    max_api_calls_per_hour = models.IntegerField(null=True, blank=True, help_text=UNLIMITED_HELP)

    monthly_price = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    annual_price = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    setup_fee = models.DecimalField(max_digits=13, decimal_places=3, default=0, db_default=0)

    features = models.JSONField(default=dict, db_default={}, blank=True)

    is_active = models.BooleanField(default=True, db_default=True)
    is_public = models.BooleanField(default=True, db_default=True, help_text="Merchants can sign up for it.")

    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "tenant_plans"
        verbose_name = "plan"
        ordering = ["monthly_price", "name"]
        constraints = [
            models.UniqueConstraint(fields=["name"], name="tenant_plans_name_key"),
            *(
                models.CheckConstraint(condition=Q(**{f"{column}__gte": -1}), name=f"tenant_plans_{column}")
                for column in LIMIT_COLUMNS
            ),
            *(
                models.CheckConstraint(condition=Q(**{f"{column}__gte": 0}), name=f"tenant_plans_{column}")
                for column in PRICE_COLUMNS
            ),
        ]

    def __str__(self) -> str:
        return self.display_name
