"""Credit notes and their lines."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.catalog.models import Product
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order


class CreditNote(models.Model):
    """What a merchant took back from what was sold: the sales of the day of `issued_at` are lower by `total_amount`.

    Rows are added, never changed. One that came with imported history names no order: the file did not say which.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    number = models.CharField(max_length=50)
    order = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="credit_notes", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_notes",
        db_index=False,
        db_constraint=False,
    )
    country = models.CharField(max_length=2, default="", db_default="", blank=True, help_text="ISO 3166-1 alpha-2.")
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    total_amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="In `currency`, never negative.")
    issued_at = models.DateTimeField()
    metadata = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "credit_notes"
        ordering = ["-issued_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="credit_notes_number_key"),
            models.CheckConstraint(condition=Q(total_amount__gte=0), name="credit_notes_amount_check"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="credit_notes_currency_check"),
        ]
        indexes = [
            models.Index(fields=["issued_at"], name="idx_credit_notes_issued_at"),
            models.Index(fields=["order"], name="idx_credit_notes_order"),
            models.Index(fields=["customer"], name="idx_credit_notes_customer"),
        ]

    def __str__(self) -> str:
        return self.number


class CreditNoteLine(models.Model):
    """What was taken back, as it was called and priced: `total_price` is `quantity` times `unit_price`."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    # The app's role may not delete lines; the database does when the note itself is deleted.
    credit_note = models.ForeignKey(
        CreditNote, models.DO_NOTHING, related_name="lines", db_index=False, db_constraint=False
    )
    product = models.ForeignKey(
        Product, models.PROTECT, related_name="credit_note_lines", db_index=False, db_constraint=False
    )
    position = models.IntegerField(default=0, db_default=0)
    product_name = models.CharField(max_length=255)
    product_sku = models.CharField(max_length=100)
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=13, decimal_places=3)
    total_price = models.DecimalField(max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0))

    class Meta:
        db_table = "credit_note_lines"
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="credit_note_lines_quantity_check"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, total_price__gte=0), name="credit_note_lines_amounts_check"
            ),
        ]
        indexes = [
            models.Index(fields=["credit_note"], name="idx_credit_note_lines_note"),
            models.Index(fields=["product"], name="idx_credit_note_lines_product"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"
