"""Payments as a ledger: one row for each attempt, and what happened to it entry by entry."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.orders.models import Order


class Payment(models.Model):
    """One attempt to pay an order. What became of it is the sum of its entries."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", db_index=False, db_constraint=False)
    gateway = models.CharField(max_length=50)
    method = models.CharField(max_length=50, null=True, blank=True)
    amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="What was asked for, in `currency`.")
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    gateway_reference = models.CharField(max_length=255, null=True, blank=True, help_text="The gateway's own id.")
    metadata = models.JSONField(default=dict, db_default={}, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "payments"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_amount_check"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_currency_check"),
            models.UniqueConstraint(fields=["gateway", "gateway_reference"], name="payments_gateway_reference_key"),
        ]
        indexes = [models.Index(fields=["order"], name="idx_payments_order")]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} by {self.gateway}"

    @property
    def authorized_amount(self) -> Decimal:
        return self._sum(PaymentEntry.Kind.AUTHORIZED)

    @property
    def captured_amount(self) -> Decimal:
        return self._sum(PaymentEntry.Kind.CAPTURED)

    @property
    def refunded_amount(self) -> Decimal:
        return self._sum(PaymentEntry.Kind.REFUNDED)

    @property
    def refundable_amount(self) -> Decimal:
        return self.captured_amount - self.refunded_amount

    def _sum(self, kind: str) -> Decimal:
        return sum((entry.amount for entry in self.entries.all() if entry.kind == kind), Decimal(0))


class PaymentEntry(models.Model):
    """Something that happened to a payment. Rows are added, never changed.

    A gateway's event is recorded once, however often it is told: `provider_event_id` is unique for its gateway.
    """

    class Kind(models.TextChoices):
        AUTHORIZED = "authorized"
        CAPTURED = "captured"
        FAILED = "failed"
        REFUNDED = "refunded"
        VOIDED = "voided"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="entries", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=20, choices=Kind)
    amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="In `currency`, never negative.")
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    gateway = models.CharField(max_length=50)
    provider_event_id = models.CharField(max_length=255, null=True, blank=True)
    details = models.JSONField(default=dict, db_default={}, blank=True)
    actor = models.CharField(max_length=100, null=True, blank=True, help_text="A user's id, or who reported it.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "payment_entries"
        verbose_name_plural = "payment entries"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["authorized", "captured", "failed", "refunded", "voided"]),
                name="payment_entries_kind_check",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_entries_amount_check"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payment_entries_currency_check"),
            # Several entries without an event are no conflict: NULLs are distinct.
            models.UniqueConstraint(fields=["gateway", "provider_event_id"], name="payment_entries_event_key"),
        ]
        indexes = [models.Index(fields=["payment"], name="idx_payment_entries_payment")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
