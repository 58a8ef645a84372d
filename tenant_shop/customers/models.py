"""Customers and their addresses."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from smartseller.database import CurrentTimestamp, KeptDecimalField, KeptIntegerField
from smartseller.ids import uuid7
from smartseller.words import Together, words_index

# What the shop's people search a customer by.
CUSTOMER_WORDS = Together("first_name", "last_name", "email", "phone")


class Customer(models.Model):
    """A person with an account in this shop.

    `total_orders` and `total_spent` count delivered orders; a trigger on `orders` keeps them.
    `loyalty_points` are the sum of `loyalty_entries`, kept by trigger; below zero when points that were spent already
    were taken back after a refund.
    """

    class Status(models.TextChoices):
        ACTIVE = "active"
        INACTIVE = "inactive"
        SUSPENDED = "suspended"

    class LoyaltyTier(models.TextChoices):
        BRONZE = "bronze"
        SILVER = "silver"
        GOLD = "gold"
        PLATINUM = "platinum"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    email = models.EmailField(max_length=255)
    password_hash = models.CharField(max_length=255, editable=False)
    first_name = models.CharField(max_length=100, null=True, blank=True)
    last_name = models.CharField(max_length=100, null=True, blank=True)
    phone = models.CharField(max_length=20, null=True, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE, db_default="active")
    email_verified = models.BooleanField(default=False, db_default=False)
    phone_verified = models.BooleanField(default=False, db_default=False)
    group = models.ForeignKey(
        "tenant_shop.CustomerGroup",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="customers",
        db_index=False,
        db_constraint=False,
        help_text="Whose price lists hold for them.",
    )
    marketing_consent = models.BooleanField(default=False, db_default=False)
    language = models.CharField(max_length=5, default="en", db_default="en")
    timezone = models.CharField(max_length=50, default="UTC", db_default="UTC")
    currency = models.CharField(max_length=3, default="USD", db_default="USD", help_text="ISO 4217 code.")
    loyalty_points = KeptIntegerField(default=0, db_default=0, editable=False)
    loyalty_tier = models.CharField(max_length=20, choices=LoyaltyTier, default=LoyaltyTier.BRONZE, db_default="bronze")
    failed_login_attempts = models.IntegerField(default=0, db_default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    last_login_at = models.DateTimeField(null=True, blank=True)
    password_changed_at = models.DateTimeField(db_default=CurrentTimestamp())
    total_orders = KeptIntegerField(default=0, db_default=0, editable=False)
    total_spent = KeptDecimalField(
        max_digits=15, decimal_places=3, default=Decimal(0), db_default=Decimal(0), editable=False
    )
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    metadata = models.JSONField(default=dict, db_default={}, blank=True)
    tags = ArrayField(models.TextField(), null=True, blank=True, help_text="For the shop's people.")

    class Meta:
        db_table = "customers"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(fields=["email"], name="customers_email_key"),
            # One account for an address, however it is capitalised.
            models.UniqueConstraint(Lower("email"), name="idx_customers_email"),
            models.CheckConstraint(
                condition=Q(status__in=["active", "inactive", "suspended"]), name="customers_status_check"
            ),
            models.CheckConstraint(
                condition=Q(loyalty_tier__in=["bronze", "silver", "gold", "platinum"]),
                name="customers_loyalty_tier_check",
            ),
        ]
        indexes = [
            models.Index(fields=["status"], name="idx_customers_status"),
            models.Index(fields=["created_at"], name="idx_customers_created_at"),
            models.Index(fields=["created_at", "id"], name="idx_customers_newest"),
            models.Index(fields=["updated_at", "id"], name="idx_customers_changed"),
            models.Index(fields=["loyalty_tier"], name="idx_customers_loyalty_tier"),
            models.Index(fields=["group"], condition=Q(group__isnull=False), name="idx_customers_group"),
            words_index(CUSTOMER_WORDS, name="idx_customers_words"),
            GinIndex(fields=["tags"], name="idx_customers_tags"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def is_locked(self) -> bool:
        """Whether logging in is refused now, after too many failures."""
        return self.locked_until is not None and self.locked_until > timezone.now()


class CustomerAddress(models.Model):
    """An address in a customer's book. Orders carry a copy of theirs."""

    class Type(models.TextChoices):
        SHIPPING = "shipping"
        BILLING = "billing"
        BOTH = "both"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    customer = models.ForeignKey(
        Customer, models.CASCADE, related_name="addresses", db_index=False, db_constraint=False
    )
    type = models.CharField(max_length=20, choices=Type, default=Type.SHIPPING, db_default="shipping")
    first_name = models.CharField(max_length=100, null=True, blank=True)
    last_name = models.CharField(max_length=100, null=True, blank=True)
    company = models.CharField(max_length=255, null=True, blank=True)
    address_line_1 = models.CharField(max_length=255)
    address_line_2 = models.CharField(max_length=255, null=True, blank=True)
    city = models.CharField(max_length=100)
    state_province = models.CharField(max_length=100, null=True, blank=True)
    postal_code = models.CharField(max_length=20, null=True, blank=True)
    country = models.CharField(max_length=2, help_text="ISO 3166-1 code.")
    is_default = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "customer_addresses"
        verbose_name_plural = "customer addresses"
        constraints = [
            models.CheckConstraint(
                condition=Q(type__in=["shipping", "billing", "both"]), name="customer_addresses_type_check"
            ),
            # One chosen for deliveries and one for bills; an address may be both.
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True, type__in=["shipping", "both"]),
                name="customer_addresses_one_for_shipping",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(is_default=True, type__in=["billing", "both"]),
                name="customer_addresses_one_for_billing",
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="idx_addresses_customer")]

    def __str__(self) -> str:
        return f"{self.address_line_1}, {self.city}"
