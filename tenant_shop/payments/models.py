"""Payments as a ledger: one row for each attempt, and what happened to it entry by entry."""

from decimal import Decimal

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.orders.models import Order


class Payment(models.Model):
    """One attempt to pay an order. What became of the money is the sum of its entries; `state` is the conversation with
    the gateway."""

    class State(models.TextChoices):
        NEW = "new"  # the gateway was not told, or a person looks for the money
        ASKING = "asking"  # the gateway was asked, and its answer is not here
        SHOPPER = "shopper"  # the shopper has something to do
        WAITING = "waiting"  # the gateway will tell
        DONE = "done"  # money was promised or taken
        FAILED = "failed"
        DROPPED = "dropped"  # given up; nobody can pay it any more

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="payments", db_index=False, db_constraint=False)
    gateway = models.CharField(max_length=50)
    method = models.CharField(max_length=50, null=True, blank=True)
    amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="What was asked for, in `currency`.")
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    gateway_reference = models.CharField(max_length=255, null=True, blank=True, help_text="The gateway's own id.")
    metadata = models.JSONField(default=dict, db_default={}, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.NEW, db_default="new")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the gateway was last asked about it.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "payments"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payments_amount_check"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payments_currency_check"),
            models.CheckConstraint(
                condition=Q(state__in=["new", "asking", "shopper", "waiting", "done", "failed", "dropped"]),
                name="payments_state_check",
            ),
            models.UniqueConstraint(fields=["gateway", "gateway_reference"], name="payments_gateway_reference_key"),
        ]
        indexes = [
            models.Index(fields=["order"], name="idx_payments_order"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state__in=["asking", "shopper", "waiting", "failed"]),
                name="idx_payments_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency} by {self.gateway}"

    @property
    def is_under_way(self) -> bool:
        """The gateway knows of it, and has the last word."""
        return self.state in (self.State.ASKING, self.State.SHOPPER, self.State.WAITING)

    @property
    def can_be_paid_yet(self) -> bool:
        """It was declined, and its gateway may take another card for it; a test card's decline is the end."""
        return self.state == self.State.FAILED and bool(self.gateway_reference) and self.gateway != "demo"

    @property
    def authorized_amount(self) -> Decimal:
        return self._sum(PaymentEntry.Kind.AUTHORIZED)

    @property
    def captured_amount(self) -> Decimal:
        return self._sum(PaymentEntry.Kind.CAPTURED)

    @property
    def refunded_amount(self) -> Decimal:
        return self._sum(PaymentEntry.Kind.REFUNDED) - self._sum(PaymentEntry.Kind.REFUND_FAILED)

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
        REFUND_FAILED = "refund_failed"  # what was given back came back: the gateway could not deliver it
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
                condition=Q(kind__in=["authorized", "captured", "failed", "refunded", "refund_failed", "voided"]),
                name="payment_entries_kind_check",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_entries_amount_check"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payment_entries_currency_check"),
            # Several entries without an event are no conflict: NULLs are distinct.
            models.UniqueConstraint(fields=["gateway", "provider_event_id"], name="payment_entries_event_key"),
        ]
        indexes = [
            models.Index(fields=["payment"], name="idx_payment_entries_payment"),
            models.Index(
                fields=["created_at"],
                condition=Q(kind__in=["refunded", "refund_failed"]),
                name="idx_payment_entries_refunded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class PaymentRefund(models.Model):
    """Money that is given back, or need not be paid any more. While it is not failed it takes up its amount, so that no
    two refunds share it."""

    class State(models.TextChoices):
        PENDING = "pending"  # the gateway's answer is not here, or not final
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        CREDITED = "credited"  # nobody had paid: no money moves, and so much less of the order is to be paid

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", db_index=False, db_constraint=False)
    amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="In `currency`, above zero.")
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING, db_default="pending")
    key = models.CharField(max_length=64, help_text="Names a submission; the same one gives back once.")
    # [{"item": id, "quantity": pieces, "amount": text}]: what of the order it is for; empty for a plain amount.
    lines = models.JSONField(default=list, db_default=[], blank=True)
    shipping_amount = models.DecimalField(
        max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0), help_text="What of it is delivery."
    )
    restock = models.BooleanField(default=False, db_default=False, help_text="Whether the goods go back on sale.")
    reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    actor = models.CharField(max_length=100, help_text="A user's id.")
    gateway_reference = models.CharField(max_length=255, null=True, blank=True)
    problem = models.CharField(max_length=500, default="", db_default="", blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "payment_refunds"
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_refunds_amount_check"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "succeeded", "failed", "credited"]),
                name="payment_refunds_state_check",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="payment_refunds_currency_check"),
            models.UniqueConstraint(fields=["key"], name="payment_refunds_key"),
        ]
        indexes = [
            models.Index(fields=["payment"], name="idx_payment_refunds_payment"),
            models.Index(fields=["asked_at"], condition=Q(state="pending"), name="idx_payment_refunds_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


# The customer has this money, or need not pay it.
GONE = (PaymentRefund.State.SUCCEEDED, PaymentRefund.State.CREDITED)
