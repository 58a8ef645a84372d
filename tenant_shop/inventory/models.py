"""Stock as a ledger: a variant's quantity is the sum of its movements, always."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.orders.models import Order


class StockMovement(models.Model):
    """Some pieces of a variant came or went. Rows are added, never changed.

    Inserting one changes the variant's `inventory_quantity`, by trigger. The database refuses a movement that takes
    stock below zero unless the product may be back-ordered or its stock is not tracked.
    """

    class Reason(models.TextChoices):
        INITIAL = "initial"
        RECEIVED = "received"
        IMPORT = "import"
        CORRECTION = "correction"
        DAMAGE = "damage"
        SALE = "sale"
        CANCELLATION = "cancellation"
        RETURN = "return"
        EDIT = "edit"  # an order was changed: it has more pieces now, or fewer

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    # The app's role may not delete movements; the database does when a variant that was never sold is deleted.
    variant = models.ForeignKey(
        ProductVariant, models.DO_NOTHING, related_name="movements", db_index=False, db_constraint=False
    )
    delta = models.IntegerField(help_text="Pieces: positive when they came in, negative when they left.")
    reason = models.CharField(max_length=20, choices=Reason)
    order = models.ForeignKey(
        Order, models.DO_NOTHING, null=True, blank=True, related_name="movements", db_index=False, db_constraint=False
    )
    reference = models.CharField(max_length=100, null=True, blank=True, help_text="A delivery note, a file, a count.")
    actor = models.CharField(max_length=100, null=True, blank=True, help_text="A user's id, or the job that did it.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "stock_movements"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(delta=0), name="stock_movements_delta_check"),
            models.CheckConstraint(
                condition=Q(
                    reason__in=[
                        "initial",
                        "received",
                        "import",
                        "correction",
                        "damage",
                        "sale",
                        "cancellation",
                        "return",
                        "edit",
                    ]
                ),
                name="stock_movements_reason_check",
            ),
            # An order takes a variant once and gives it back once, however often the verb runs.
            models.UniqueConstraint(
                fields=["order", "variant", "reason"],
                condition=Q(reason__in=["sale", "cancellation"]),
                name="stock_movements_once_per_order",
            ),
        ]
        indexes = [models.Index(fields=["variant", "created_at"], name="idx_stock_movements_variant")]

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.reason}"
