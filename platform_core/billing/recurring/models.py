from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7


class RevenueMove(models.TextChoices):
    NEW = "new"
    EXPANSION = "expansion"
    CONTRACTION = "contraction"
    CHURN = "churn"
    RETURN = "return"


class RecurringChange(models.Model):
    """A subscription brings more, or less, from a day on. Rows are added, never changed: what was brought in on any day
    is the sum of all changes up to it.

    Units: amounts for a year, in `currency`, without tax and fees, discounts taken off. `day` in UTC.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    tenant = models.ForeignKey("platform_core.Tenant", models.CASCADE, db_index=False, related_name="+")
    subscription = models.ForeignKey(
        "platform_core.TenantSubscription", models.CASCADE, db_index=False, related_name="+"
    )
    day = models.DateField()
    move = models.CharField(max_length=20, choices=RevenueMove)
    annual_change = models.DecimalField(max_digits=15, decimal_places=3)
    annual_value = models.DecimalField(max_digits=15, decimal_places=3, help_text="What it brings from then on.")
    plan = models.CharField(max_length=50)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "recurring_changes"
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(annual_value__gte=0), name="recurring_changes_value"),
            models.CheckConstraint(
                condition=models.Q(move__in=RevenueMove.values) & ~models.Q(annual_change=0),
                name="recurring_changes_move",
            ),
        ]
        indexes = [
            models.Index(fields=["day"], name="idx_recurring_changes_day"),
            models.Index(fields=["subscription"], name="idx_recurring_changes_subs"),
            models.Index(fields=["tenant"], name="idx_recurring_changes_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} {self.day} {self.annual_change}"
