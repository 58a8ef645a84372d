"""Returns and their lines."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.customers.models import Customer
from tenant_shop.orders.items import OrderItem
from tenant_shop.orders.models import Order


class Return(models.Model):
    """A customer's or a guest's wish to send goods of an order back, and what became of it."""

    class Status(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        RECEIVED = "received"
        REFUNDED = "refunded"
        DECLINED = "declined"

    class Reason(models.TextChoices):
        DAMAGED = "damaged"
        WRONG_ITEM = "wrong_item"
        NOT_AS_DESCRIBED = "not_as_described"
        DOES_NOT_FIT = "does_not_fit"
        CHANGED_MIND = "changed_mind"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="returns", db_index=False, db_constraint=False)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="returns", db_index=False, db_constraint=False
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.REQUESTED, db_default="requested")
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.TextField(blank=True, default="", db_default="", help_text="The customer's words.")
    answer = models.TextField(blank=True, default="", db_default="", help_text="The shop's words to the customer.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "returns"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["requested", "approved", "received", "refunded", "declined"]),
                name="returns_status_check",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=["damaged", "wrong_item", "not_as_described", "does_not_fit", "changed_mind"]),
                name="returns_reason_check",
            ),
        ]
        indexes = [
            models.Index(fields=["order"], name="idx_returns_order"),
            models.Index(fields=["customer"], name="idx_returns_customer"),
            models.Index(fields=["status", "created_at"], name="idx_returns_status"),
            models.Index(fields=["created_at", "id"], name="idx_returns_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.status}"


class ReturnLine(models.Model):
    """How many pieces of an order's line come back."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    parent = models.ForeignKey(
        Return, models.CASCADE, related_name="lines", db_column="return_id", db_index=False, db_constraint=False
    )
    order_item = models.ForeignKey(
        OrderItem, models.CASCADE, related_name="return_lines", db_index=False, db_constraint=False
    )
    quantity = models.IntegerField()

    class Meta:
        db_table = "return_lines"
        constraints = [
            models.UniqueConstraint(fields=["parent", "order_item"], name="return_lines_item_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="return_lines_quantity_check"),
        ]
        indexes = [models.Index(fields=["order_item"], name="idx_return_lines_item")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.order_item_id}"
