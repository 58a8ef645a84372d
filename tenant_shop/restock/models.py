"""Who waits for what."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.variants import ProductVariant


class StockAlertQuerySet(models.QuerySet["StockAlert"]):
    def waiting(self) -> StockAlertQuerySet:
        """Nobody has been told yet."""
        return self.filter(notified_at=None)


class StockAlert(models.Model):
    """Somebody wants one mail when a variant can be bought again.

    `notified_at` is when the mail was promised: from then on a row in the outbox sees to it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    variant = models.ForeignKey(
        ProductVariant, models.CASCADE, related_name="alerts", db_index=False, db_constraint=False
    )
    email = models.CharField(max_length=255, help_text="In lower case.")
    language = models.CharField(max_length=35, default="en", help_text="In which the page was read, BCP 47.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    notified_at = models.DateTimeField(null=True, blank=True)

    objects = StockAlertQuerySet.as_manager()

    class Meta:
        db_table = "stock_alerts"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["variant", "email"], condition=Q(notified_at=None), name="stock_alerts_one_each"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="stock_alerts_email_lower"),
        ]
        indexes = [
            models.Index(
                fields=["variant", "created_at"], condition=Q(notified_at=None), name="idx_stock_alerts_waiting"
            ),
            models.Index(fields=["email"], name="idx_stock_alerts_email"),
        ]

    def __str__(self) -> str:
        return self.email
