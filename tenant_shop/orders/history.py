"""What happened to orders, and how they are counted."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.orders.models import Order


class OrderStatusHistory(models.Model):
    """A change of an order's status. Rows are added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    # The app's role may not delete history; the database does when the order itself is deleted.
    order = models.ForeignKey(Order, models.DO_NOTHING, related_name="history", db_index=False, db_constraint=False)
    previous_status = models.CharField(max_length=20, null=True, blank=True)
    new_status = models.CharField(max_length=20)
    comment = models.TextField(null=True, blank=True)
    updated_by = models.CharField(max_length=100, null=True, blank=True, help_text="A user's id, or the job's name.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "order_status_history"
        verbose_name_plural = "order status history"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["order"], name="idx_order_history_order")]

    def __str__(self) -> str:
        return f"{self.previous_status or '—'} → {self.new_status}"


class OrderCounter(models.Model):
    """The last order number given out in a month; written by `generate_order_number()` and its like for tests only."""

    month = models.IntegerField(primary_key=True, help_text="YYYYMM, in the shop's time zone; 0 for test orders.")
    last_number = models.BigIntegerField()

    class Meta:
        db_table = "order_counters"

    def __str__(self) -> str:
        return f"{self.month}: {self.last_number}"
