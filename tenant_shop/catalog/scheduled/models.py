"""Changes of products that wait for their moment."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.models import Product


class ScheduledChange(models.Model):
    """One change of one product, made once when it is due. Prices are in the shop's currency."""

    class Kind(models.TextChoices):
        PUBLISH = "publish", "Put on sale"
        TAKE_OFF = "take_off", "Take off sale"
        PRICE = "price", "Change the price"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="scheduled", db_index=False, db_constraint=False)
    due_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=Kind)
    price = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    compare_at_price = models.DecimalField(
        max_digits=13, decimal_places=3, null=True, blank=True, help_text="Empty: none from then on."
    )
    actor = models.CharField(max_length=100, null=True, blank=True, editable=False, help_text="A user's id.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    done_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When it was made, or refused.")
    problem = models.TextField(null=True, blank=True, editable=False, help_text="Why it could not be made.")

    class Meta:
        db_table = "scheduled_changes"
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["publish", "take_off", "price"]), name="scheduled_changes_kind_check"
            ),
            models.CheckConstraint(
                condition=Q(kind="price", price__isnull=False, price__gte=0)
                | ~Q(kind="price") & Q(price=None, compare_at_price=None),
                name="scheduled_changes_price_check",
            ),
            models.CheckConstraint(condition=Q(compare_at_price__gte=0), name="scheduled_changes_compare_at_check"),
        ]
        indexes = [
            models.Index(fields=["product"], name="idx_scheduled_changes_product"),
            models.Index(fields=["due_at"], condition=Q(done_at__isnull=True), name="idx_scheduled_changes_due"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
