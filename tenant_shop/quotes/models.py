"""Requests for a quote, their lines, and what happened to them."""

from uuid import uuid4

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Right
from django.utils import timezone

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from smartseller.words import Together, words_index
from tenant_shop.catalog.variants import ProductVariant
from tenant_shop.customers.models import Customer
from tenant_shop.orders.models import Order

# How much of its key a request is called by, and what the shop's people search it by.
OF_KEY = 8
QUOTE_WORDS = Together("email", "name", Right(Cast("id", TextField()), OF_KEY))


class QuoteRequest(models.Model):
    """What a customer, or a guest, asks the price of, and the merchant's answer. Amounts are in `currency`.

    `revision` counts the answers: an offer is accepted as it was seen, or not at all.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested"
        ANSWERED = "answered"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="quotes", db_index=False, db_constraint=False
    )
    email = models.CharField(max_length=255)
    name = models.CharField(max_length=255, blank=True, default="", db_default="")
    language = models.CharField(max_length=20, blank=True, default="", db_default="", help_text="BCP 47.")
    currency = models.CharField(max_length=3, help_text="ISO 4217 code.")
    status = models.CharField(max_length=20, choices=Status, default=Status.REQUESTED, db_default="requested")
    note = models.TextField(blank=True, default="", db_default="", help_text="What the customer wrote.")
    answer = models.TextField(blank=True, default="", db_default="", help_text="What the merchant wrote.")
    shipping_amount = models.DecimalField(
        max_digits=13,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="What delivery costs, wherever it goes. Empty: as at the checkout.",
    )
    valid_until = models.DateTimeField(null=True, blank=True, help_text="The first moment when it no longer holds.")
    revision = models.IntegerField(default=0, db_default=0)
    public_token = models.UUIDField(default=uuid4, db_default=RandomUUID(), editable=False)
    order = models.ForeignKey(
        Order, models.SET_NULL, null=True, blank=True, related_name="quotes", db_index=False, db_constraint=False
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "quote_requests"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["public_token"], name="quote_requests_public_token_key"),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "answered", "accepted", "declined", "expired"]),
                name="quote_requests_status_check",
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="quote_requests_currency_check"),
            models.CheckConstraint(condition=Q(shipping_amount__gte=0), name="quote_requests_shipping_amount_check"),
            models.CheckConstraint(
                condition=~Q(status__in=["answered", "accepted"]) | Q(valid_until__isnull=False),
                name="quote_requests_answer_check",
            ),
        ]
        indexes = [
            models.Index(fields=["customer"], name="idx_quote_requests_customer"),
            models.Index(fields=["status", "created_at"], name="idx_quote_requests_status"),
            models.Index(fields=["order"], condition=Q(order__isnull=False), name="idx_quote_requests_order"),
            models.Index(fields=["created_at", "id"], name="idx_quote_requests_newest"),
            words_index(QUOTE_WORDS, name="idx_quote_requests_words"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it on the telephone."""
        return f"Q-{self.pk.hex[-OF_KEY:].upper()}"

    @property
    def is_open(self) -> bool:
        """Whether it can be accepted now."""
        return (
            self.status == self.Status.ANSWERED and self.valid_until is not None and self.valid_until > timezone.now()
        )

    @property
    def is_over(self) -> bool:
        """Answered, and its time has passed, whether the night has noted it or not."""
        return self.status == self.Status.EXPIRED or (self.status == self.Status.ANSWERED and not self.is_open)


class QuoteLine(models.Model):
    """Goods that are asked for, as they were called and priced then; `unit_price` is what the merchant offers."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    quote = models.ForeignKey(QuoteRequest, models.CASCADE, related_name="lines", db_index=False, db_constraint=False)
    variant = models.ForeignKey(
        ProductVariant, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    position = models.IntegerField(default=0, db_default=0)
    product_name = models.CharField(max_length=255)
    product_sku = models.CharField(max_length=100)
    variant_info = models.JSONField(default=dict, db_default={}, blank=True)
    quantity = models.IntegerField()
    list_price = models.DecimalField(max_digits=13, decimal_places=3, help_text="What a piece cost when it was asked.")
    unit_price = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)

    class Meta:
        db_table = "quote_lines"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "variant"], name="quote_lines_variant_key"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_lines_quantity_check"),
            models.CheckConstraint(condition=Q(list_price__gte=0), name="quote_lines_list_price_check"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="quote_lines_unit_price_check"),
        ]
        indexes = [models.Index(fields=["variant"], condition=Q(variant__isnull=False), name="idx_quote_lines_variant")]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product_name}"


class QuoteEvent(models.Model):
    """A step of a request. Rows are added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    quote = models.ForeignKey(QuoteRequest, models.CASCADE, related_name="events", db_index=False, db_constraint=False)
    previous_status = models.CharField(max_length=20, blank=True, default="", db_default="")
    new_status = models.CharField(max_length=20)
    note = models.TextField(blank=True, default="", db_default="")
    actor = models.CharField(max_length=100, help_text="A user's id, a customer, a guest, or the job that did it.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "quote_events"
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["quote"], name="idx_quote_events_quote")]

    def __str__(self) -> str:
        return f"{self.previous_status or '-'} to {self.new_status}"
