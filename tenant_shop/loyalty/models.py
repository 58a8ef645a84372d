"""Points as a ledger: a customer's balance is the sum of their entries, always."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order


class LoyaltyEntry(models.Model):
    """A customer got points or lost them. Rows are added, never changed.

    Inserting one changes the customer's `loyalty_points`, by trigger. Only a take-back after a refund may leave the
    balance below zero; the database refuses everything else that would.
    """

    class Reason(models.TextChoices):
        EARNED = "earned"
        TAKEN_BACK = "taken_back"
        SPENT = "spent"
        GIVEN_BACK = "given_back"
        CORRECTION = "correction"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    # The app's role may not delete entries; the database does when the customer is deleted.
    customer = models.ForeignKey(
        Customer, models.DO_NOTHING, related_name="loyalty_entries", db_index=False, db_constraint=False
    )
    order = models.ForeignKey(
        Order,
        models.DO_NOTHING,
        null=True,
        blank=True,
        related_name="loyalty_entries",
        db_index=False,
        db_constraint=False,
    )
    points = models.IntegerField(help_text="Positive when the customer got them, negative when they lost them.")
    reason = models.CharField(max_length=20, choices=Reason)
    actor = models.CharField(max_length=100, help_text="A user's id, or the job that did it.")
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "loyalty_entries"
        verbose_name_plural = "loyalty entries"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["earned", "given_back"], points__gt=0)
                | Q(reason__in=["taken_back", "spent"], points__lt=0)
                | (Q(reason="correction") & ~Q(points=0)),
                name="loyalty_entries_points_check",
            ),
            # What is taken back and given back comes in parts, one for each refund; what they add up to is worked out
            # under the order's lock, and the trigger refuses to give more back than was spent.
            models.UniqueConstraint(
                fields=["order", "reason"],
                condition=Q(reason__in=["earned", "spent"]),
                name="loyalty_entries_once_per_order",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "created_at"], name="idx_loyalty_customer"),
            models.Index(fields=["order"], name="idx_loyalty_order"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} {self.reason}"
