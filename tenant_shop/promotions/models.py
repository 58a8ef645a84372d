"""Discount codes, and the orders that used them."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper

from smartseller.database import CurrentTimestamp
from smartseller.ids import uuid7
from tenant_shop.orders.models import Order


class DiscountCode(models.Model):
    """A code that makes an order cheaper. Codes are stored in capitals.

    `value` is a percentage for `percentage`, an amount in the shop's currency for `fixed_amount`, unused otherwise.
    """

    class Type(models.TextChoices):
        PERCENTAGE = "percentage"
        FIXED_AMOUNT = "fixed_amount"
        FREE_SHIPPING = "free_shipping"

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    code = models.CharField(max_length=50)
    name = models.CharField(max_length=255)
    description = models.TextField(null=True, blank=True)
    type = models.CharField(max_length=20, choices=Type)
    value = models.DecimalField(max_digits=13, decimal_places=3)
    usage_limit = models.IntegerField(null=True, blank=True, help_text="Empty: no limit.")
    usage_count = models.IntegerField(default=0, db_default=0)
    usage_limit_per_customer = models.IntegerField(null=True, blank=True, help_text="Empty: no limit.")
    minimum_order_amount = models.DecimalField(max_digits=13, decimal_places=3, null=True, blank=True)
    applicable_products = ArrayField(models.UUIDField(), null=True, blank=True, help_text="Empty: every product.")
    applicable_categories = ArrayField(models.UUIDField(), null=True, blank=True, help_text="Empty: every category.")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="The first moment when it no longer holds.")
    is_active = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    updated_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)

    class Meta:
        db_table = "discount_codes"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="discount_codes_code_key"),
            models.CheckConstraint(condition=Q(code=Upper("code")), name="discount_codes_code_check"),
            models.CheckConstraint(
                condition=Q(type__in=["percentage", "fixed_amount", "free_shipping"]), name="discount_codes_type_check"
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (~Q(type="percentage") | Q(value__lte=100)),
                name="discount_codes_value_check",
            ),
            models.CheckConstraint(condition=Q(usage_count__gte=0), name="discount_codes_usage_count_check"),
        ]

    def __str__(self) -> str:
        return self.code

    def is_running(self, at: datetime) -> bool:
        """Whether the code holds at the moment `at` (aware), used up or not."""
        begun = self.starts_at is None or self.starts_at <= at
        return self.is_active and begun and (self.ends_at is None or at < self.ends_at)

    @property
    def is_used_up(self) -> bool:
        """By what this object knows; only the locked row decides."""
        return self.usage_limit is not None and self.usage_count >= self.usage_limit


class DiscountRedemption(models.Model):
    """An order's use of a code. Released, not deleted, when the order is not paid after all."""

    id = models.UUIDField(primary_key=True, default=uuid7, db_default=RandomUUID(), editable=False)
    discount = models.ForeignKey(
        DiscountCode, models.PROTECT, related_name="redemptions", db_index=False, db_constraint=False
    )
    order = models.ForeignKey(Order, models.CASCADE, related_name="redemptions", db_index=False, db_constraint=False)
    customer_email = models.CharField(max_length=255, help_text="In lower case.")
    created_at = models.DateTimeField(db_default=CurrentTimestamp(), editable=False)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "discount_redemptions"
        constraints = [
            models.UniqueConstraint(fields=["order", "discount"], name="discount_redemptions_order_key"),
            models.CheckConstraint(
                condition=Q(customer_email=Lower("customer_email")), name="discount_redemptions_email_check"
            ),
        ]
        indexes = [
            models.Index(
                fields=["discount", "customer_email"],
                condition=Q(released_at=None),
                name="idx_redemptions_customer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.discount_id} by {self.customer_email}"
