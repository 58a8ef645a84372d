"""Invoices and credit notes as they were issued, and the counters of their numbers."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.orders.models import Order


class Document(models.Model):
    """An invoice, or a credit note about one. Rows are added, never changed: `content` has all that is printed.

    Numbers of a kind follow each other without a gap. The order's invoice is the last one: each other is credited
    whole, and replaced by the next.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT_NOTE = "credit_note"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    sequence = models.BigIntegerField(help_text="1 for the first of its kind.")
    number = models.CharField(max_length=40)
    order = models.ForeignKey(Order, models.PROTECT, related_name="documents", db_index=False, db_constraint=False)
    invoice = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="credit_notes",
        db_index=False,
        db_constraint=False,
        help_text="Of a credit note: what it takes back from.",
    )
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        db_constraint=False,
        help_text="Of an invoice: the one before it, of the same order.",
    )
    # A refund, an entry of the ledger that was made at the gateway, the order that was cancelled, or the invoice itself
    # that is replaced: each once.
    about = models.UUIDField(null=True, blank=True)
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    total_amount = models.DecimalField(max_digits=15, decimal_places=3, help_text="In `currency`, tax included.")
    tax_amount = models.DecimalField(max_digits=15, decimal_places=3)
    content = models.JSONField(help_text="All that is printed, as it was when it was issued.")
    actor = models.CharField(max_length=100, help_text="A user's id, or the job's name.")
    issued_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "documents"
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "sequence"], name="documents_sequence_key"),
            models.UniqueConstraint(fields=["number"], name="documents_number_key"),
            models.UniqueConstraint(fields=["invoice", "about"], name="documents_about_key"),
            models.UniqueConstraint(
                fields=["order"], condition=Q(kind="invoice", replaces=None), name="documents_invoice_key"
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", invoice=None, about=None)
                | Q(
                    kind="credit_note",
                    invoice__isnull=False,
                    about__isnull=False,
                    replaces=None,
                    total_amount__gt=0,
                ),
                name="documents_kind_check",
            ),
            models.CheckConstraint(condition=Q(sequence__gt=0), name="documents_sequence_check"),
            models.CheckConstraint(
                condition=Q(total_amount__gte=0, tax_amount__gte=0, tax_amount__lte=F("total_amount")),
                name="documents_amounts_check",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="documents_currency_check"),
        ]
        indexes = [
            models.Index(fields=["order"], name="idx_documents_order"),
            models.Index(fields=["invoice"], condition=Q(invoice__isnull=False), name="idx_documents_invoice"),
        ]

    def __str__(self) -> str:
        return self.number


class DocumentCounter(models.Model):
    """How many numbers of a kind are given out; written by the verbs in `number` only."""

    kind = models.CharField(primary_key=True, max_length=20)
    last_number = models.BigIntegerField(help_text="As it is counted: 1 for the first of its kind.")
    ahead = models.BigIntegerField(
        default=0, db_default=0, help_text="By how much the number that is written is higher."
    )

    class Meta:
        db_table = "document_counters"
        constraints = [models.CheckConstraint(condition=Q(ahead__gte=0), name="document_counters_ahead_check")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.last_number}"
